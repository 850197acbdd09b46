//! Generated authorization templates and callers: the shapes of Amplify's rules (AMPLIFY-AUTH 3 and 4), at random.

use super::Generator;
use serde_json::{Value as Json, json};

const MODES: [&str; 4] =
    ["User Pool Authorization", "API Key Authorization", "IAM Authorization", "Open ID Connect Authorization"];

impl Generator {
    /// A template that authorizes by random rules and refuses otherwise.
    pub fn rules(&mut self) -> String {
        let mut out =
            String::from("#set( $isAuthorized = false )\n#set( $allowedFields = [] )\n#set( $authFilter = [] )\n");
        out += "#set( $groups = $util.defaultIfNull($ctx.identity.claims.get(\"cognito:groups\"), []) )\n";
        out += "#set( $me = $util.defaultIfNull($ctx.identity.claims.get(\"username\"), $ctx.identity.claims.get(\"cognito:username\")) )\n";
        for _ in 0..1 + self.next(2) {
            let mode = MODES[self.next(3)];
            let rules: String = (0..1 + self.next(3)).map(|_| self.rule()).collect();
            out += &if self.next(4) == 0 {
                rules
            } else {
                format!("#if( $util.authType() == \"{mode}\" )\n{rules}#end\n")
            };
        }
        out += self.pick(&[
            "#if( !$isAuthorized )\n$util.unauthorized()\n#end\n",
            "#if( !$isAuthorized && $allowedFields.isEmpty() )\n$util.unauthorized()\n#end\n",
            "#if( !$authFilter.isEmpty() )\n$util.qr($ctx.stash.put(\"authFilter\", {\"or\": $authFilter}))\n#end\n#if( !$isAuthorized && $util.isNull($ctx.stash.authFilter) )\n$util.unauthorized()\n#end\n",
            "#if( !$isAuthorized )\n#set( $denied = $util.list.copyAndRemoveAll($util.parseJson($util.toJson($ctx.args.input.keySet())), $allowedFields) )\n#if( $denied.size() > 0 )\n$util.error(\"Unauthorized on ${denied}\", \"Unauthorized\")\n#end\n#end\n",
            "",
        ]);
        out + "$util.toJson({})\n"
    }

    fn rule(&mut self) -> String {
        let condition = self.condition(2);
        let grant = self.pick(&[
            "#set( $isAuthorized = true )",
            "#set( $isAuthorized = true )",
            "$util.qr($allowedFields.addAll([\"id\", \"title\"]))",
            "$util.qr($authFilter.add({\"owner\": {\"eq\": $me}}))",
            "#return($util.toJson({}))",
        ]);
        match self.next(7) {
            0 => "#set( $entities = [\"Admin\", \"Editors\"] )\n#foreach( $group in $groups )\n#if( $entities.contains($group) )\n#set( $isAuthorized = true )\n#break\n#end\n#end\n".to_owned(),
            1 => format!("#foreach( $rule in [{{\"claim\":\"cognito:groups\",\"entity\":\"Admin\"}},{{\"claim\":\"custom:team\",\"entity\":\"red\"}}] )\n#set( $mine = $util.defaultIfNull($ctx.identity.claims.get($rule.claim), []) )\n#if( $mine.contains($rule.entity) )\n{grant}\n#end\n#end\n"),
            2 => format!("#foreach( $admin in $util.defaultIfNull($ctx.stash.adminRoles, []) )\n#if( $ctx.identity.userArn.contains($admin) )\n{grant}\n#end\n#end\n"),
            3 => format!("#set( $ok = {condition} )\n#if( $ok )\n{grant}\n#end\n"),
            4 => format!("#if( {condition} )\n{}\n#else\n{grant}\n#end\n", self.pick(&["", "$util.unauthorized()", "#set( $isAuthorized = false )"])),
            _ => format!("#if( {condition} )\n{grant}\n#end\n"),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.next(3) == 0 {
            let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
            return match self.next(3) {
                0 => format!("({left}) && ({right})"),
                1 => format!("({left}) || ({right})"),
                _ => format!("!({left})"),
            };
        }
        self.pick(&[
            "$groups.contains(\"Admin\")",
            "$groups.contains(\"Editors\")",
            "$ctx.result.owner == $me",
            "$ctx.result.editors.contains($me)",
            "$ctx.args.input.owner == \"${ctx.identity.claims.sub}::${me}\"",
            "$ctx.identity.claims.get(\"custom:team\") == \"red\"",
            "$ctx.identity.claims.get(\"custom:team\") == $ctx.result.team",
            "$util.isNull($ctx.identity.claims.sub)",
            "!$util.isNull($me)",
            "$util.isNullOrEmpty($ctx.identity.claims.get(\"custom:team\"))",
            "$ctx.identity.userArn == $ctx.stash.authRole",
            "$ctx.args.input.containsKey(\"owner\")",
            "$ctx.result.level == 7",
            "$ctx.identity.claims.level == 7",
            "$ctx.source.owner != $me",
            "$me",
        ])
        .to_owned()
    }

    /// A caller and what was asked, with its mode.
    pub fn caller(&mut self) -> (Json, &'static str) {
        let mode = MODES[self.next(4)];
        let arn = self.pick(&[
            "arn:aws:sts::1:assumed-role/ops-dev/me",
            "arn:aws:sts::1:assumed-role/auth/CognitoIdentityCredentials",
        ]);
        let mut claims = json!({"sub": "s1", "username": self.pick(&["ann", "bob"])});
        let groups = [
            json!(["admin"]),
            json!(["Guests", "Editors"]),
            json!([]),
            json!("Administrators"),
            json!("[\"Admin\"]"),
            json!(null),
        ];
        if self.next(4) > 0 {
            claims["cognito:groups"] = groups[self.next(groups.len())].clone();
        }
        if self.next(2) == 0 {
            claims["custom:team"] = json!(self.pick(&["red", "Red", "blue"]));
            claims["level"] = [json!("7"), json!(6)][self.next(2)].clone();
        }
        let identity = match mode {
            "API Key Authorization" => json!(null),
            "IAM Authorization" => json!({"userArn": arn, "accountId": "1"}),
            _ => json!({"sub": "s1", "claims": claims}),
        };
        let owner = [json!("ann"), json!("s1::ann"), json!("zoe"), json!(null)][self.next(4)].clone();
        let mut input = json!({"id": "1", "title": "x"});
        if self.next(2) == 0 {
            input["owner"] = owner.clone();
        }
        let context = json!({
            "identity": identity,
            "arguments": {"input": input},
            "result": {"id": "1", "owner": owner, "editors": ["zoe"], "team": "blue", "level": "7"},
            "source": {"owner": "ann"},
            "stash": {"adminRoles": ["ops-prod"], "authRole": "arn:aws:sts::1:assumed-role/auth/CognitoIdentityCredentials"},
            "info": {"fieldName": "getNote", "parentTypeName": "Query"},
        });
        (context, mode)
    }
}
