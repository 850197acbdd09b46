//! Corners that people asked about, each as it is in Apache Velocity 1.7 itself: what a `void` method gives, every member of
//! `$foreach`, `#break` and `#stop` in every place, backslashes and comments, what begins like a reference and is none,
//! numbers at their edges, formats, entries and keys of maps.

use crate::support::ran::ours;
use crate::velocity::velocity;

#[rustfmt::skip]
const LOOPS: &[&str] = &[
    "#set($l=[1])#set($v=$l.add(0,5))[$v]$l", "#set($l=[1])#set($v=$l.clear())[$v]$v.class",
    "#set($m={})#set($v=$m.putAll({\"a\":1}))[$v] $v.length()",
    "#set($m={\"a\":1})#set($v=$m.clear())#if($v==\"\")E#end#if($v)T#end",
    "#set($l=[3,1])#set($v=\"old\")#set($v=$l.clear())[$v]", "#if($l.clear())T#{else}F#end",
    "#set($l=[1])#if($l.clear())T#{else}F#end", "#set($l=[1])$l.clear().x", "#set($l=[1])#set($v=\"a$l.clear()b\")$v",
    "#set($l=[1])#set($v=[$l.clear()])$v", "#set($l=[1])$l.clear()|$!l.clear()",
    "#foreach($i in [1,2])$foreach.info|$foreach.info.template|$foreach.info.line|$foreach.info.column|$foreach.info.name|$foreach.info.depth|$foreach.info.type #end",
    "#foreach($i in [1,2])$foreach.replaced|$foreach.topmost|$foreach.parent #end",
    "#set($foreach=\"mine\")#foreach($i in [1])$foreach.replaced#end[$foreach]",
    "#foreach($i in [1])#foreach($j in [2])$foreach.topmost.index|$foreach.parent.index|$foreach.parent.parent #end#end",
    "#foreach($i in [7,8])$foreach.hasNext|$foreach.hasNext()|$foreach.isHasNext()|$foreach.first|$foreach.isFirst()|$foreach.last|$foreach.isLast()|$foreach.index|$foreach.getIndex()|$foreach.count|$foreach.getCount() #end",
    "#foreach($i in [1,2])a$foreach.stop()b#end c", "#foreach($i in [1,2])#set($s=$foreach.stop())[$s]#end",
    "#foreach($i in [1,2])#set($foreach=\"x\")$foreach #end$foreach",
    "#foreach($i in [1,2])#set($foreach.a=5)$foreach.a #end$foreach.a",
    "#set($foreach={\"a\":1})#foreach($i in [1])$foreach.a #set($foreach=3)$foreach#end $foreach",
    "$foreach|$foreach.index", "#foreach($i in [1])#end$foreach|$foreach.index",
    "#foreach($i in [1])$foreach.put(\"a\",1)$foreach.get(\"a\")$foreach.size()$foreach.keySet()#end",
    "#foreach($i in [1])$foreach #end",
    "#foreach($i in [1])$foreach.containsKey(\"x\") $foreach.isEmpty() $foreach.empty $foreach.class#end",
    "#foreach($i in [1])#set($p=$foreach)#end$p.index $p.count $p", "a#break b", "#if(true)a#break b#end c",
    "#foreach($i in [1,2])#foreach($j in [1,2])$j#break#end|#end",
    "#foreach($i in [1,2])#if($i==1)#break#end$i#end z", "#break()x", "#break($foreach)x",
    "#foreach($i in [1,2])$i#break($foreach)x#end y",
    "#foreach($i in [1,2])#foreach($j in [1,2])$i$j#break($foreach.parent)x#end y#end z", "a#stop b",
    "#foreach($i in [1,2])$i#stop x#end y", "#stop()x", "#set($x=\"a#stop b\")$x c", "#set($x=\"a#break b\")$x c",
    "#foreach($i in [1,2])#set($x=\"a#break b\")$x#end c", "#{break}x", "#{stop}x", "a#breakx", "a#stopx",
    "#foreach($i in [1..3])$i#{break}#end",
    "#set($x=1)#set($velocityCount=3)$velocityCount#foreach($i in [1])$velocityCount#end$velocityCount",
];

/// Behind `#set($x="v")`.
#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "\\$x", "\\\\$x", "\\\\\\$x", "\\$y", "\\\\$y", "\\$!x", "\\$!{x}", "\\${x}", "\\\\$!{x}", "\\#if(true)a#end",
    "\\\\#if(true)a#end", "\\\\\\#if(true)a", "\\#set($z=1)$z", "\\\\#set($z=1)$z", "\\#foo", "\\\\#foo", "\\## c\nd",
    "\\\\## c\nd", "\\#* c *#d", "\\\\#* c *#d", "\\#[[a]]#b", "\\\\#[[a$x]]#b", "a\\", "a\\\\", "\\", "\\a",
    "\\#end", "\\#else", "\\#break", "\\\\#break x", "\\$x\\$y\\\\", "a## c", "a## c\nb", "a ## c\r\nb", "##", "##\n",
    "## c\n\nb", "$x## c\nb", "$x ## c\nb", "#if(true)## c\na#end## d\nb", "a#*b", "#*", "#**", "#*a*", "#* a *#b",
    "#**a*#b", "#* #* a *# b *# c", "a#*b*##c\nd", "#**#a", "$!{x}", "$!x.y()", "${x}.y", "${x.y}z", "${x.length()}z",
    "$!{x.length()}z", "$x-y", "$x-", "$x.y.", "$x.", "$x..", "$x.length().", "$x.length()..a", "$!x.", "${x}.",
    "$x.y", "$x.y.z.", "$x!", "$x?", "$x$", "$x$y", "$$x", "$$$x", "$", "$!", "${", "${}", "${x", "$!{", "$!{x",
    "${x}}", "$x}", "$ x", "$1", "$x1", "$x_", "$_", "$-", "$x.1", "$x.a1", "$x(", "$x[", "$x[0", "$x[0]", "$x.get(",
    "$x.length(", "$x.length() (", "$x .length()", "#[[ $x ]]#", "#[[ $x", "#[[]]#", "#[[ ]] ]]#", "#[[a]]#b",
    "#[[a]] b", "]]#", "$x]]#", "#[[#if(true)]]#", "#[[ \\$x \\\\ ]]#", "#[ [a]]#", "#end", "#", "a#", "#$x", "##$x",
    "#{", "#{x}", "#{if}(true)a#end", "#{set}($z=1)$z", "#{end}", "# if(true)", "#if", "#if(", "#if()", "#if(true)",
    "#set", "#set(", "#set($z", "#foreach($a", "#else", "#elseif(true)", "#return", "#return(",
    "#return($x", "#return($x)", "$x\\", "$x\\n", "$x\\\\n", "\"$x", "\"\\$x\"", "#set($z=\"\\$x\")$z",
    "#set($z=\"\\\\$x\")$z", "#set($z='\\$x')$z", "#set($z=\"a\\\")$z", "#set($z=\"\\#if(true)a\")$z",
    "#set($z=\"## c\")$z", "#set($z=\"#* c *#d\")$z", "#set($z=\"#[[ $x ]]#\")$z", "## #**\nfoo\nbar",
    "## a #** b\nfoo", "###**\nfoo\nbar", "a## #**\nb## c\nd", "## #**\n\n", "## #**\n", "## #**a", "#*#**a",
    "#** #**a", "#*#**a b", "#* #***# b", "#* #***# b *# c", "#** #***# b *# c", "#* #** *#b", "#* #**a *#b",
    "#* #**\n*# b", "#* #**#*#b", "## ##**\na\nb", "## #***\na\nb", "## #**#**\na\nb",
    "#if(true)## #**\n#end a\n#end b", "## #**\r\na\nb", "#* a #*# b", "#* #*# #if(true) *# c",
];

const GIVEN: &str = "#set($L=9223372036854775807)#set($I=2147483647)#set($d=1.0)#set($s=\"héa\")#set($m={\"b\":1,\"a\":$n,\"c\":[1,2]})#set($l=[1,$n,\"x\",2.0,true])#set($J=$I.intValue())";

/// Behind [`GIVEN`].
#[rustfmt::skip]
const VALUES: &[&str] = &[
    "$s.getBytes()[0] $s.getBytes().size() $s.bytes[1]", "$s.getBytes(\"UTF-8\").size()",
    "$s.getBytes(\"UTF-16\").size()", "$s.getBytes(\"ISO-8859-1\")[1]", "#foreach($b in $s.getBytes())$b,#end",
    "$s.getBytes(\"nope\")", "$d.toHexString($d)", "$d.toHexString(0.1)", "$d.toHexString(1)", "$d.toHexString(-0.0)",
    "$d.toString(2.5)", "$d.valueOf(\"3.5\")", "$d.parseDouble(\"1e3\")", "$d.isNaN()", "$d.isInfinite()",
    "$d.compare(1.0,2.0)", "$d.MAX_VALUE", "$d.intValue() $d.longValue() $d.doubleValue()",
    "$d.doubleToLongBits(1.0)", "$d.parseDouble(\"x\")", "$d.max(1.0,2.0) $d.min(1.0,2.0) $d.sum(1.0,2.0)",
    "$d.compareTo(2.0)", "$d.hashCode()", "$d.equals(1) $d.equals(1.0)", "$J.parseInt(\"12\")", "$J.valueOf(\"12\")",
    "$J.toBinaryString(5) $J.toHexString(255) $J.toOctalString(8)", "$J.MAX_VALUE", "$J.parseInt(\"z\",36)",
    "$J.toString(255,16)", "$J.bitCount(7)", "$J.reverse(1)", "$J.signum(-5)", "$J.compare(1,2)", "$J.parseInt(\"\")",
    "$J.decode(\"0x1F\")", "$J.max(1,2) $J.min(1,2) $J.sum(1,2)",
    "$J.rotateLeft(1,3) $J.highestOneBit(100) $J.numberOfLeadingZeros(1) $J.numberOfTrailingZeros(8)",
    "$J.parseUnsignedInt(\"4294967295\")", "$J.divideUnsigned(7,2) $J.remainderUnsigned(7,2)",
    "$J.toUnsignedString(-1)", "$J.hashCode(5)", "$J.equals(2147483647) $J.compareTo(5)",
    "$L.parseLong(\"12\") $L.valueOf(\"12\") $L.toHexString($L) $L.MAX_VALUE", "$L.toBinaryString($L)",
    "$L.toString($L,36)", "$L.bitCount($L) $L.signum($L) $L.compare($L,$L)",
    "$L.intValue() $L.doubleValue() $L.floatValue()", "$L.hashCode()", "$L.equals($L) $L.equals(1)",
    "$L.max($L,$L) $L.sum($L,$L)", "$L.parseLong(\"x\")", "$L.decode(\"-0x10\")", "$L.divideUnsigned($L,$L)",
    "$s.format(\"%d %s %5d|%-5d|%05d\",1,\"a\",3,4,5)", "$s.format(\"%s\",$l)", "$s.format(\"%.2f\",1.005)",
    "$s.format(\"%x %X %o\",255,255,8)", "$s.format(\"%,d\",1234567)", "$s.format(\"%+d % d %(d\",1,2,-3)",
    "$s.format(\"%e\",12345.678)", "$s.format(\"%g\",0.00012345)", "$s.format(\"%b %B %b\",true,$n,\"x\")",
    "$s.format(\"%c\",65)", "$s.format(\"%%%n\")", "$s.format(\"%h\",\"a\")",
    "$s.format(\"%10s|%-10s|%.2s\",\"a\",\"b\",\"cde\")", "$s.format(\"%1$s %2$s %1$s\",\"a\",\"b\")",
    "$s.format(\"%s %<s\",\"a\")", "$s.format(\"%d\",\"x\")", "$s.format(\"%q\",\"x\")", "$s.format(\"%s\")",
    "$s.format(\"%s\",$n)", "$s.format(\"%S\",\"abc\")", "$s.format(\"%a\",1.0)", "$s.format(\"%#x\",255)",
    "$s.format(\"%08.3f\",3.14159)", "$s.format(\"%s\",1,2,3)", "$s.format(\"x\")", "$s.format(\"%5%\")",
    "$s.format(\"%-d\",1)", "$s.format(\"%d\",1.5)", "$s.format(\"%.0f\",0.5)", "$s.format(\"%.0f\",1.5)",
    "$s.format(\"%f\",1)", "$s.format(\"%s\",{\"a\":1})", "$s.format(\"%d\",$L)",
    "#set($z=-0.0)$z", "#set($z=0.0 * -1)$z", "#if(-0.0==0.0)T#{else}F#end", "#set($z=-0)$z", "#set($z=0 - 0)$z",
    "#set($z=0.0 - 0.0)$z", "#set($z=-0.0)#if($z.equals(0.0))T#{else}F#end", "#set($z=$I + 1)$z $z.class",
    "#set($z=$L + 1)$z $z.class", "#set($z=$L * $L)$z", "#set($z=$I * $I)$z $z.class", "#set($z=-2147483648 - 1)$z",
    "#set($z=$L - -1)$z", "#set($z=$L + 1)#set($z=$z - 1)$z $z.class", "#set($z=$L + 1)#set($z=$z / 2)$z $z.class",
    "#set($z=$L % 10)$z", "#set($z=-2147483648 / -1)$z", "#set($z=-9223372036854775808 / -1)$z",
    "#set($z=99999999999999999999 % 7)$z", "#set($z=99999999999999999999 * 1.5)$z",
    "#set($z=99999999999999999999 == 99999999999999999999.0)$z", "#set($z=1 / 0)[$z]", "#set($z=1 % 0)[$z]",
    "#set($z=1.0 / 0)[$z]", "#set($z=1 / 0.0)[$z]", "#set($z=1.0 % 0.0)[$z]", "#set($z=0 / 0)[$z]",
    "#set($z=5)#set($z=5 / 0)[$z]", "#if(1 / 0 == 1)T#{else}F#end", "#set($z=$L / 0)[$z]",
    "#set($z=99999999999999999999 / 0)[$z]", "$d", "#set($z=1.0)$z", "#set($z=100.0)$z", "#set($z=1.0E10)$z",
    "#set($z=10000000.0)$z", "#set($z=9999999.0)$z", "#set($z=0.001)$z", "#set($z=0.0001)$z", "#set($z=1.10)$z",
    "#set($z=123456789.123)$z", "#set($z=1e400)$z", "#set($z=1e-400)$z", "#set($z=4.9E-324)$z", "#set($z=2.0E-3)$z",
    "#set($z=1.0 + 1)$z", "#set($z=3.0 / 2)$z", "#set($z=4.0 / 2)$z", "#set($z=0.1 + 0.2)$z", "#set($z=1.0 * 10)$z",
    "\"$d\"", "#foreach($e in $m.entrySet())$e $e.key $e.value $e.getKey() $e.getValue()|#end", "$m.entrySet()",
    "$m.entrySet().size()", "$m.keySet().contains(\"a\") $m.keySet().contains(\"z\") $m.keySet()",
    "$m.values() $m.values().contains(1)", "#foreach($e in $m.entrySet())#set($e.value=9)#end$m",
    "#foreach($e in $m.entrySet())$e.setValue(7)#end$m", "#foreach($k in $m.keySet())$k#end",
    "$m.keySet().size() $m.keySet().isEmpty() $m.keySet().toArray()[0]", "#set($x=$m.keySet().remove(\"b\"))$m",
    "#set($x=$m.entrySet().iterator().next())$x $x.key", "$m.keySet().containsAll([\"a\",\"b\"])",
    "$m.keySet().equals($m.keySet())", "$m.entrySet().toString()", "$m.keySet().add(\"q\")",
    "#set($x=$m.values().remove(1))$m", "$l", "$l.toString()", "[$l]", "#set($z=[$n,$n])$z",
    "#set($z=[$n,[$n],{\"a\":$n}])$z", "#set($z={})$z", "#set($z=[])$z", "$l.contains($n)", "$l.indexOf($n)",
    "#set($z={\"z\":1,\"y\":2,\"a\":3})$z",
    "#set($z={\"z\":1})#set($x=$z.put(\"b\",1))#set($x=$z.put(\"a\",1))#set($x=$z.put(\"z\",2))$z",
    "#set($z={\"z\":1,\"b\":2})#set($x=$z.remove(\"z\"))#set($x=$z.put(\"z\",1))$z", "#set($z={3:1,1:2,2:3})$z",
    "#if(1==\"1\")T#{else}F#end", "#if(1==1.0)T#{else}F#end", "#if($L==9223372036854775807)T#{else}F#end",
    "#if($L==9.223372036854775807E18)T#{else}F#end", "#if(1==true)T#{else}F#end", "#if(\"1.0\"==1.0)T#{else}F#end",
    "#if(1.equals(1))T#end", "#if($d==1)T#{else}F#end", "#if($d.equals(1))T#{else}F#end",
    "#if($I.equals(2147483647))T#{else}F#end", "#set($z=[1])#if($z==[1])T#{else}F#end",
    "#set($z=[1])#if($z==[1.0])T#{else}F#end", "#set($z={\"a\":1})#if($z=={\"a\":1})T#{else}F#end",
    "#set($z={\"a\":1})#if($z=={\"a\":1.0})T#{else}F#end", "#set($z=[1])#if($z.contains(1.0))T#{else}F#end",
    "#set($z=[1])#if($z.contains(1))T#{else}F#end",
    "#set($b=99999999999999999999)#if($b==99999999999999999999)T#{else}F#end",
    "#set($b=99999999999999999999)#if($b.equals(99999999999999999999))T#{else}F#end", "#if(0.1==0.1)T#{else}F#end",
    "#if(16777217==16777217.0)T#{else}F#end", "#if(\"a\"==\"a\")T#end", "#if([1,2]==\"[1, 2]\")T#{else}F#end",
];

#[test]
fn corners_are_as_in_velocity() {
    let texts = TEXTS.iter().map(|text| format!("#set($x=\"v\"){text}"));
    let values = VALUES.iter().map(|text| format!("{GIVEN}{text}"));
    let templates: Vec<String> = LOOPS.iter().map(|text| (*text).to_owned()).chain(texts).chain(values).collect();
    let mut wrong = Vec::new();
    for (template, theirs) in templates.iter().zip(velocity(&templates)) {
        let ours = ours(template);
        if ours != theirs {
            wrong.push(format!("{template:?}\n    ours     {ours:?}\n    velocity {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), templates.len(), wrong.join("\n"));
}
