//! The examples of AWS's own pages, and what was told of DynamoDB itself.

use super::{bind, deciding, judge, row, truth};
use vtl_eval::records::Truth::{self, False, True, Unknown};
use vtl_eval::records::{RowSubject, SideValue};

/// The item of <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html>.
const PRODUCT: &str = r#"{"Id":{"N":"456"},"ProductCategory":{"S":"Sporting Goods"},"Price":{"N":"650"}}"#;

#[test]
fn conditional_writes() {
    let values =
        r#"{":cat1":{"S":"Sporting Goods"},":cat2":{"S":"Gardening Supplies"},":lo":{"N":"500"},":hi":{"N":"600"}}"#;
    let delete = "(ProductCategory IN (:cat1, :cat2)) and (Price between :lo and :hi)";
    let judged = judge(delete, values, PRODUCT);
    // "the ProductCategory comparison evaluates to true, but the Price comparison evaluates to false."
    assert_eq!(judged.truth(), False);
    assert_eq!(deciding(&judged), ["Price between :lo and :hi"]);
    let terms = judged.terms();
    assert_eq!((terms[0].truth, terms[1].truth), (True, False));
    let sides: Vec<_> = terms[1].sides.iter().map(|side| format!("{} {}", side.text, side.found)).collect();
    assert_eq!(sides, ["Price 650", ":lo 500", ":hi 600"]);

    assert_eq!(truth("attribute_not_exists(Id)", "{}", PRODUCT), False);
    assert_eq!(truth("attribute_not_exists(Price)", "{}", PRODUCT), False);
    assert_eq!(truth("attribute_exists(ProductReviews.OneStar)", "{}", PRODUCT), False);
    for (price, expected) in [(650, True), (575, True), (500, False)] {
        let item = format!(r#"{{"Id":{{"N":"456"}},"Price":{{"N":"{price}"}}}}"#);
        assert_eq!(truth("Price > :limit", r#"{":limit":{"N":"500"}}"#, &item), expected, "{price}");
    }
}

/// The item of <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.Attributes.html>, and the
/// examples of <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html>.
#[test]
fn functions() {
    let item = r#"{
        "Id": {"N": "123"}, "Title": {"S": "Bicycle 123"}, "Brand": {"S": "Brand-Company C"}, "Price": {"N": "500"},
        "Color": {"SS": ["Red", "Black"]}, "InStock": {"BOOL": true}, "QuantityOnHand": {"NULL": true},
        "RelatedItems": {"L": [{"N": "341"}, {"N": "472"}, {"N": "649"}]},
        "Pictures": {"M": {"FrontView": {"S": "http://example.com/products/123_front.jpg"},
                           "SideView": {"S": "http://example.com/products/123_left_side.jpg"}}},
        "ProductReviews": {"M": {"FiveStar": {"L": [{"S": "Excellent! Can't recommend it highly enough! Buy it!"},
                                                    {"S": "Do yourself a favor and buy this."}]},
                                 "OneStar": {"L": [{"S": "Terrible product! Do not buy this."}]}}}}"#;
    let cases: [(&str, &str, Truth); 17] = [
        ("attribute_exists (Pictures.SideView)", "{}", True),
        ("attribute_exists (Pictures.RearView)", "{}", False),
        ("attribute_not_exists (Manufacturer)", "{}", True),
        ("attribute_type (ProductReviews.FiveStar, :v_sub)", r#"{":v_sub":{"S":"L"}}"#, True),
        ("attribute_type (Color, :v_sub)", r#"{":v_sub":{"S":"L"}}"#, False),
        ("begins_with (Pictures.FrontView, :v_sub)", r#"{":v_sub":{"S":"http://"}}"#, True),
        ("contains (Brand, :v_sub)", r#"{":v_sub":{"S":"Company"}}"#, True),
        ("contains (Color, :v_sub)", r#"{":v_sub":{"S":"Red"}}"#, True),
        ("contains (Color, :v_sub)", r#"{":v_sub":{"S":"Re"}}"#, False),
        ("contains (RelatedItems, :v_sub)", r#"{":v_sub":{"N":"472.0"}}"#, True),
        ("size (Brand) <= :v_sub", r#"{":v_sub":{"N":"20"}}"#, True),
        ("size(Color) > :v_sub", r#"{":v_sub":{"N":"1"}}"#, True),
        ("size(ProductReviews.OneStar) > :v_sub", r#"{":v_sub":{"N":"3"}}"#, False),
        ("RelatedItems[1] = :v_sub", r#"{":v_sub":{"N":"472"}}"#, True),
        ("RelatedItems[3] = :v_sub", r#"{":v_sub":{"N":"472"}}"#, False),
        ("attribute_exists(QuantityOnHand)", "{}", True),
        ("attribute_type(QuantityOnHand, :v_sub)", r#"{":v_sub":{"S":"NULL"}}"#, True),
    ];
    for (expression, values, expected) in cases {
        assert_eq!(truth(expression, values, item), expected, "{expression} with {values}");
    }
    let names = r##"{"#Pictures":"Pictures","#SideView":"SideView"}"##;
    let judged = bind("attribute_exists (#Pictures.#SideView)", names, "{}").judge(RowSubject::Row(&row(item)));
    assert_eq!((judged.truth(), judged.terms()[0].sides[0].text.as_str()), (True, "Pictures.SideView"));
}

/// "suppose that conditions a and b are true, and that condition c is false": the page on operators, under Parentheses.
#[test]
fn precedence() {
    let values = r#"{":t":{"N":"1"},":f":{"N":"2"}}"#;
    let (a, c) = ("n = :t", "n = :f");
    let item = r#"{"n":{"N":"1"}}"#;
    assert_eq!(truth(&format!("{a} OR {a} AND {c}"), values, item), True);
    assert_eq!(truth(&format!("({a} OR {a}) AND {c}"), values, item), False);
    // NOT stands above AND in the list of precedence.
    assert_eq!(truth(&format!("NOT {c} AND {c}"), values, item), False);
    assert_eq!(truth(&format!("NOT ({c} AND {c})"), values, item), True);
}

/// What github.com/ExtendDB/extenddb/pull/5 tells of DynamoDB itself: an absent attribute is not equal to anything.
#[test]
fn absent_attributes() {
    let value = r#"{":v":{"S":"x"}}"#;
    for (sign, expected) in [("<>", True), ("=", False), ("<", False), ("<=", False), (">", False), (">=", False)] {
        assert_eq!(truth(&format!("a {sign} :v"), value, r#"{"id":{"S":"1"}}"#), expected, "a {sign} :v");
    }
    assert_eq!(truth("a <> b", "{}", r#"{"id":{"S":"1"}}"#), True);
    assert_eq!(truth("a = b", "{}", r#"{"id":{"S":"1"}}"#), False);
    // So a NOT over a function lets rows without the attribute through.
    assert_eq!(truth("NOT contains(a, :v)", value, r#"{"id":{"S":"1"}}"#), True);
    let judged = judge("a = :v", value, r#"{"id":{"S":"1"}}"#);
    assert_eq!(judged.terms()[0].sides[0].found, SideValue::Absent);
}

/// The type counts, the spelling of a number does not, text is ordered by its bytes:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Condition.html>, which has the first two lines.
#[test]
fn types_and_order() {
    let cases = [
        (r#"{"S":"6"}"#, "=", r#"{"N":"6"}"#, False),
        (r#"{"N":"6"}"#, "=", r#"{"NS":["6","2","1"]}"#, False),
        (r#"{"N":"6"}"#, "<>", r#"{"S":"6"}"#, True),
        (r#"{"N":"6"}"#, "<", r#"{"S":"7"}"#, False),
        (r#"{"N":"1.50"}"#, "=", r#"{"N":1.5}"#, True),
        (r#"{"N":"10"}"#, ">", r#"{"N":"9"}"#, True),
        (r#"{"S":"10"}"#, ">", r#"{"S":"9"}"#, False),
        (r#"{"S":"a"}"#, ">", r#"{"S":"B"}"#, True),
        (r#"{"NS":["1","2"]}"#, "=", r#"{"NS":["2.0","1"]}"#, True),
        (r#"{"L":[{"N":"1"}]}"#, "=", r#"{"L":[{"N":"1"},{"N":"1"}]}"#, False),
        (r#"{"M":{"a":{"N":"1"},"b":{"NULL":true}}}"#, "=", r#"{"M":{"b":{"NULL":null},"a":{"N":"1"}}}"#, True),
        (r#"{"BOOL":true}"#, "<", r#"{"BOOL":true}"#, False),
        (r#"{"B":"/w=="}"#, ">", r#"{"B":"AA=="}"#, True),
        (
            r#"{"N":"12345678901234567890123456789012345678"}"#,
            ">",
            r#"{"N":"12345678901234567890123456789012345677"}"#,
            True,
        ),
        (r#"{"N":"1e999999999"}"#, "<>", r#"{"N":"1"}"#, Unknown),
        (r#"{"S":5}"#, "=", r#"{"N":"5"}"#, Unknown),
    ];
    for (left, sign, right, expected) in cases {
        let item = format!(r#"{{"a":{{"M":{{"x":{left}}}}}}}"#);
        let values = format!(r#"{{":v":{right}}}"#);
        // In a map, so that an unreadable one does not make the row one without types.
        assert_eq!(truth(&format!("a.x {sign} :v"), &values, &item), expected, "{left} {sign} {right}");
    }
}

#[test]
fn rows_without_types() {
    let item = r#"{"owner":"ann","editors":["bob","cid"],"rank":5,"none":null,"deep":{"a":[{"b":1}]}}"#;
    let text = |value: &str| format!(r#"{{":v":{{"S":"{value}"}}}}"#);
    let cases = [
        ("owner = :v", text("ann"), True),
        ("owner = :v", text("Ann"), False),
        ("contains(editors, :v)", text("cid"), True),
        ("contains(editors, :v)", text("ci"), False),
        ("rank >= :v", r#"{":v":{"N":"5"}}"#.to_owned(), True),
        ("rank = :v", text("5"), False),
        ("attribute_exists(none)", "{}".to_owned(), True),
        ("attribute_exists(gone)", "{}".to_owned(), False),
        ("deep.a[0].b = :v", r#"{":v":{"N":1}}"#.to_owned(), True),
        ("size(editors) = :v", r#"{":v":{"N":2}}"#.to_owned(), True),
        ("deep.a[1] = :v", text("x"), False),
        ("editors[0] = :v", text("bob"), Unknown),
        ("editors[2] = :v", text("bob"), False),
        // A list or a set: JSON without types does not tell.
        ("attribute_type(editors, :v)", text("SS"), Unknown),
        ("attribute_type(editors, :v)", text("S"), False),
        ("editors = :v", r#"{":v":{"SS":["cid","bob"]}}"#.to_owned(), Unknown),
        ("editors = :v", r#"{":v":{"SS":["cid"]}}"#.to_owned(), False),
        ("editors = :v", r#"{":v":{"L":[{"S":"bob"},{"S":"cid"}]}}"#.to_owned(), Unknown),
    ];
    for (expression, values, expected) in cases {
        assert_eq!(truth(expression, &values, item), expected, "{expression} with {values}");
    }
}
