//! Generated templates, the same for the same choices.

pub mod rules;

/// A small generator of templates: a grammar of what people write, and of what they mistype. It leaves out what
/// docs/compatibility.md lists under "Text right after a reference".
pub struct Generator {
    choose: Box<dyn FnMut(usize) -> usize>,
}

impl Generator {
    /// Endless choices of a seed, by SplitMix64.
    pub fn new(mut seed: u64) -> Self {
        let choose = move |bound: usize| {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = seed;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) % bound as u64) as usize
        };
        Self { choose: Box::new(choose) }
    }

    /// These choices, then always the first: fewer and smaller ones make a simpler template.
    pub fn of(choices: Vec<u8>) -> Self {
        let mut choices = choices.into_iter();
        Self { choose: Box::new(move |bound| choices.next().map_or(0, usize::from) % bound) }
    }

    pub fn next(&mut self, bound: usize) -> usize {
        (self.choose)(bound)
    }

    pub fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.next(choices.len())]
    }

    /// A template.
    pub fn template(&mut self) -> String {
        let length = 1 + self.next(5);
        self.statements(length, 2)
    }

    fn statements(&mut self, length: usize, depth: usize) -> String {
        (0..length).map(|_| self.statement(depth)).collect()
    }

    fn statement(&mut self, depth: usize) -> String {
        let inner = |this: &mut Self| {
            let length = this.next(3);
            this.statements(length, depth - 1)
        };
        match self.next(if depth > 0 { 13 } else { 10 }) {
            0 | 1 => self.text(),
            2..=4 => self.printed(),
            5 | 6 => {
                let target = self.pick(&["$x", "$y", "$z", "$ctx.args.m.k", "$ctx.args.l[0]", "$ctx.args.m['q']"]);
                let value = self.expression(2);
                let (before, middle, after) = (self.lost(), self.lost(), self.lost());
                let name = format!("{before}{target}{middle}");
                format!("{}#set({}{name} = {value}{after}){}", self.blank(), self.blank(), self.line_end())
            }
            7 => self
                .pick(&[" ## note\n", "#* note *# ", "#** doc *# ", "#[[ $x #if ]]#", " ## ", "#break", "#stop"])
                .to_owned(),
            8 => self
                .pick(&["\\$x", "\\\\$x", "\\#if", "\\\\#set($x = 1)", "\\$nope", "\\", "\\#foo", "\\\\\\$x"])
                .to_owned(),
            9 => self
                .pick(&[
                    "$#if(true)a#end",
                    "$#break",
                    "$!#stop",
                    "a$#set($x = 2)",
                    "$#foo",
                    "$!#foo",
                    "#\\\\a",
                    "$!}",
                    "#foo",
                    "#foo($x)",
                    "#{foo}",
                    "#else1",
                    "# x",
                    "#1",
                    "$5",
                    "$ ",
                ])
                .to_owned(),
            10 | 11 => {
                let (condition, body) = (self.expression(2), inner(self));
                let lost = self.lost();
                let mut out = format!("#if({}{condition}{lost}){}{body}", self.blank(), self.line_end());
                if self.next(4) == 0 {
                    let (condition, body) = (self.expression(1), inner(self));
                    out += &format!("#elseif({condition}){body}");
                }
                if self.next(3) == 0 {
                    out += self.pick(&["#{else}", "#else ", "#else\n"]);
                    out += &inner(self);
                }
                out + self.pick(&["#end", "#end\n", "#{end}", "#end  \n"])
            }
            _ => {
                let list = self.pick(&[
                    "[1..3]",
                    "$ctx.args.l",
                    "$ctx.args.m",
                    "[\"a\", $x, 2]",
                    "$ctx.args.n",
                    "$ctx.args.m.keySet()",
                ]);
                let body = inner(self);
                let counter =
                    self.pick(&["", "$foreach.count", "$foreach.hasNext", "$velocityCount", "$foreach.index,"]);
                format!("#foreach( $y in {list} ){}{counter}{body}#end", self.line_end())
            }
        }
    }

    fn text(&mut self) -> String {
        let pieces = ["a", " ", "\n", "  ", "b:c", "}", "\"k\": ", "1]", ".", "-", "!", ")", "\t", "é", "x y", ","];
        let length = 1 + self.next(3);
        (0..length).map(|_| self.pick(&pieces)).collect()
    }

    fn blank(&mut self) -> &'static str {
        self.pick(&["", "", " ", "  "])
    }

    fn line_end(&mut self) -> &'static str {
        self.pick(&["", "", "\n", " \n", " ", "\n\n"])
    }

    fn printed(&mut self) -> String {
        let reference = self.reference(2);
        match self.next(10) {
            0 => reference.replacen('$', "$!", 1),
            1 => match reference.strip_prefix('$') {
                Some(rest) => format!("${{{rest}}}"),
                None => reference,
            },
            2 => format!("${reference}"),
            3 => self.beside(&reference),
            _ => reference,
        }
    }

    /// A `$`, `#`, bracket or backslash that begins nothing, right beside a reference: what a slip of the finger leaves.
    fn beside(&mut self, reference: &str) -> String {
        let before =
            self.pick(&["", "", "$!", "$$", "$!$!", "\\", "\\\\", "\\$", "\\$\\", "\\$!", "$\\", "$\\\\", "${"]);
        let after = self.pick(&[
            "", "$", "$!", "$ ", "$!é", "$$é", "$!$!é", "{", "{{a}", "{a}b", "{.a.b", "}", "$!}", "]", ")", "..", ".1",
            ". ", "-", "#", "# ", "#5", "\\", "\\a", "$\\\\a", "${.a.b", "${{a}", "$z", "\\$z", "é",
        ]);
        format!("{before}{reference}{after} ")
    }

    /// What is lost in code.
    fn lost(&mut self) -> &'static str {
        self.pick(&["", "", "", "", "", "", "", "", "", "", "", "", "$", "$!", "#", " $ ", " $! ", " # "])
    }

    fn reference(&mut self, depth: usize) -> String {
        let root = self.pick(&[
            "$x",
            "$y",
            "$z",
            "$nope",
            "$ctx.args.s",
            "$ctx.args.i",
            "$ctx.args.l",
            "$ctx.args.m",
            "$ctx.args.n",
            "$ctx.args.d",
            "$ctx.args.big",
            "$ctx.args.t",
            "$ctx.args.e",
            "$x-y",
            "$ctx.args",
        ]);
        let argument = if depth > 0 { self.value(depth - 1) } else { "1".to_owned() };
        let tail = match self.next(12) {
            0 => ".size()".to_owned(),
            1 => ".length()".to_owned(),
            2 => format!(".get({argument})"),
            3 => format!(".contains({argument})"),
            4 => ".a".to_owned(),
            5 => format!("[{}]", self.pick(&["0", "1", "-1", "'a'", "\"b\"", "$x", "9"])),
            6 => format!(".equals( {argument} )"),
            7 => ".isEmpty()".to_owned(),
            _ => String::new(),
        };
        format!("{root}{tail}")
    }

    fn value(&mut self, depth: usize) -> String {
        match self.next(if depth > 0 { 10 } else { 7 }) {
            0 => self.pick(&["1", "-3", "0", "007", "2147483648", "99999999999999999999"]).to_owned(),
            1 => self.pick(&["1.5", ".5", "-2.0", "1e3", "1.0E10", "3."]).to_owned(),
            2 => self.pick(&["true", "false"]).to_owned(),
            3 => self.pick(&["'a'", "'it''s'", "'$x'", "''", "'#if'"]).to_owned(),
            4 => self
                .pick(&[
                    "\"a\"",
                    "\"$x b\"",
                    "\"${x}y\"",
                    "\"say \"\"hi\"\"\"",
                    "\"cost: $\"",
                    "\"#name\"",
                    "\"$x.size() #if(true)q#end\"",
                    "\"\"",
                ])
                .to_owned(),
            5 | 6 => self.reference(depth),
            7 => format!("[{}, {}]", self.value(depth - 1), self.value(depth - 1)),
            8 => format!("{{\"k\": {}}}", self.value(depth - 1)),
            _ => "[1..4]".to_owned(),
        }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.next(3) == 0 {
            return self.value(depth);
        }
        let (left, right) = (self.expression(depth - 1), self.expression(depth - 1));
        match self.next(8) {
            0 => format!("!{left}"),
            1 => format!("({left} )"),
            2 | 3 => {
                format!("{left} {} {right}", self.pick(&["==", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "ge"]))
            }
            4 => format!("{left} {} {right}", self.pick(&["&&", "||", "and", "or"])),
            5 => format!("{left}{}{right}", self.pick(&["==", "+", "-", "*"])),
            _ => format!("{left} {} {right}", self.pick(&["+", "-", "*", "/", "%"])),
        }
    }
}
