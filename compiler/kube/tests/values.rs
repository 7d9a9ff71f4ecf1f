//! Quantities and names, against what a running API server answered (`data/values.json`).
#![allow(clippy::unwrap_used, clippy::expect_used)]

use kube::names;
use kube::quantity::{Error, Quantity};
use serde_json::Value;

fn observed(what: &str) -> Vec<(Value, Value)> {
    let all: serde_json::Map<String, Value> =
        serde_json::from_str(include_str!("data/values.json")).unwrap();
    serde_json::from_value(all[what].clone()).unwrap()
}

fn read(text: &str) -> Quantity {
    text.parse().expect(text)
}

#[test]
fn quantities_are_what_a_server_makes_of_them() {
    // What a server takes and we do not: it means something else than it says, or is out of range.
    let quirks = ["1.", ".5", "1000000000000000000000", " 1", "1 ", "Gi", "m", "-0", "1e100"];
    for list in ["quantity_memory", "quantity_cpu"] {
        for (input, answer) in observed(list) {
            let Value::String(text) = &input else { continue };
            match (text.parse::<Quantity>(), answer.as_str()) {
                (Ok(ours), Some(server)) => {
                    let ours = ours.rounded_to_milli();
                    assert_eq!(ours, read(server), "{text}");
                    // A server leaves some texts as they are; where it changes one, then to the canonical form.
                    assert!(
                        ours.to_string() == server || text == server,
                        "{text}: {ours} for {server}"
                    );
                    assert_eq!(ours.to_string(), read(&ours.to_string()).to_string());
                }
                (Err(_), Some(_)) => assert!(quirks.contains(&text.as_str()), "we reject {text:?}"),
                (Ok(_), None) => panic!("we accept {text:?}"),
                (Err(_), None) => {}
            }
        }
    }
}

#[test]
fn quantities_are_computed_with_exactly() {
    let cases = [
        ("100m", "100m"),
        ("1500m", "1500m"),
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1024Mi", "1Gi"),
        ("1023Mi", "1023Mi"),
        ("200Ti", "200Ti"),
        ("1000Ki", "1000Ki"),
        ("512Ki", "512Ki"),
        ("0.0000000001", "1n"),
        ("1.2345678901234567890", "1234567891n"),
        ("0.5Ki", "512"),
        ("1000k", "1M"),
        ("999E", "999E"),
        ("1023Ei", "Range"),
        ("867Ei", "867Ei"),
        ("1e-1000", "1e-9"),
        ("0e1000", "0"),
    ];
    for (text, canonical) in cases {
        let shown =
            text.parse::<Quantity>().map_or_else(|error| format!("{error:?}"), |q| q.to_string());
        assert_eq!(shown, canonical, "{text}");
    }
    assert!(
        read("1Gi") == read("1024Mi") && read("1G") < read("1Gi") && read("100m") > read("99999u")
    );
    assert_eq!(read("1Gi").plus(read("512Mi")).unwrap().to_string(), "1536Mi");
    assert_eq!(read("0").plus(read("512Mi")).unwrap().to_string(), "512Mi");
    assert_eq!(read("250m").times(20).unwrap().to_string(), "5");
    assert_eq!(read("900E").times(2), Err(Error::Range));
    assert_eq!(read("900E").times(i64::MAX), Err(Error::Range));
    assert_eq!(read("1").times(-3).unwrap().to_string(), "-3");
    assert!(read("1500").is_whole() && !read("128m").is_whole());
    assert_eq!(Quantity::from_int(1024).to_string(), "1024");
}

#[test]
fn what_is_no_quantity_says_why() {
    for (text, error) in [
        ("", Error::Form),
        ("-1", Error::Negative),
        ("1K", Error::Suffix(Some("k"))),
        ("1MB", Error::Suffix(Some("M"))),
        ("1GiB", Error::Suffix(Some("Gi"))),
        ("1ki", Error::Suffix(Some("Ki"))),
        ("1x", Error::Suffix(None)),
        ("1 Gi", Error::Form),
        ("1é", Error::Form),
        ("1e", Error::Suffix(Some("E"))),
        ("1e1001", Error::Range),
        ("1e99999999999999999999", Error::Range),
        (".", Error::Form),
    ] {
        assert_eq!(text.parse::<Quantity>(), Err(error), "{text:?}");
        assert!(!error.to_string().is_empty());
    }
    assert_eq!("9".repeat(1_000_000).parse::<Quantity>(), Err(Error::Range));
    assert_eq!(format!("0.{}", "3".repeat(1_000_000)).parse::<Quantity>(), Err(Error::Range));
}

#[test]
fn names_are_judged_as_a_server_does() {
    type Rule = fn(&str) -> Result<(), names::Why>;
    let rules: [(&str, Rule); 7] = [
        ("port_name", names::port_name),
        ("env_name", |name| names::env_name(name, 36)),
        ("cm_key_ref", names::config_key),
        ("label_value", names::label_value),
        ("svc_name", names::dns_label),
        ("percent", names::percent),
        ("ingress_host", |host| {
            if host.starts_with('*') {
                names::wildcard_subdomain(host)
            } else {
                names::dns_subdomain(host)
            }
        }),
    ];
    // An empty name or host is an absent one to a server; 101% and addresses are judged by other rules.
    let elsewhere =
        [("port_name", ""), ("ingress_host", ""), ("percent", "101%"), ("ingress_host", "1.2.3.4")];
    for (what, rule) in rules {
        for (input, answer) in observed(what) {
            let Value::String(text) = &input else { continue };
            if !elsewhere.contains(&(what, text.as_str())) {
                assert_eq!(rule(text).is_ok(), answer == true, "{what} {text:?}: {:?}", rule(text));
            }
        }
    }
}

#[test]
fn names_that_no_table_has() {
    assert_eq!(names::dns_label("a.b"), Err("must not contain dots"));
    assert_eq!(names::dns_label("A"), Err("must be in lower case"));
    assert!(names::dns_label("").is_err() && names::dns_subdomain("a..b").is_err());
    assert!(names::dns_subdomain(&format!("{}.com", "a".repeat(64))).is_ok());
    assert!(
        names::dns_subdomain(&"a".repeat(253)).is_ok()
            && names::dns_subdomain(&"a".repeat(254)).is_err()
    );
    assert!(names::dns_1035_label("a1").is_ok() && names::dns_1035_label("1a").is_err());
    for good in ["app", "app.kubernetes.io/name", "a.b/C_d.e", "A"] {
        assert_eq!(names::qualified_name(good), Ok(()), "{good}");
    }
    for bad in ["", "/a", "a/", "a/b/c", "-a", "a_", "A.b/c", "é"] {
        assert!(names::qualified_name(bad).is_err(), "{bad}");
    }
    assert!(names::annotation_key("Example.com/a").is_ok());
    assert!(names::env_name("a b", 31).is_err() && names::env_name("A.b-c", 31).is_ok());
    assert!(names::path_segment("system:a").is_ok() && names::path_segment("a/b").is_err());
    assert!(names::port_number(0).is_err() && names::port_number(65535).is_ok());
}
