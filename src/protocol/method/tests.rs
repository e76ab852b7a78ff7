//! The table of methods.

use super::*;

#[test]
fn names_are_unique_and_parse_back() {
    let mut seen = std::collections::HashSet::new();
    for name in MethodName::ALL {
        assert!(seen.insert(name.as_str()));
        assert_eq!(MethodName::parse(name.as_str()), Some(*name));
    }
    assert_eq!(MethodName::parse("message.sendx"), None);
}
