//! Places in user data that its template fills in when it is deployed.
//!
//! Each becomes a variable that nothing sets, `${__template_Stage}`: what reads scripts knows that nobody can tell its value, and asks
//! where it is used. It is a name of a shell's variable, so that a script with it is still one.

use caravan_inventory::STARTUP_PLACE;

/// A name is made no longer than this.
const LONGEST: usize = 48;

/// The place of what a template says so: `${Stage}`, `${Queue.Arn}`, `!If [IsProd, a, b]`.
pub(crate) fn place(said: &str) -> String {
    let mut name = String::new();
    for letter in said.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => name.push(letter),
            _ if name.is_empty() || name.ends_with('_') => {}
            _ => name.push('_'),
        }
        if name.len() == LONGEST {
            break;
        }
    }
    format!("${{{STARTUP_PLACE}{}}}", name.trim_end_matches('_'))
}

/// A text whose dynamic references (`{{resolve:ssm:name}}`) are places: CloudFormation fills them in wherever they stand.
pub(crate) fn of_dynamic_references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{resolve:") {
        let Some((inner, after)) = after.split_once("}}") else { break };
        out += before;
        out += &place(inner);
        rest = after;
    }
    out + rest
}

/// A template of Terraform's `templatefile`: `${name}` is a place, `$${name}` is `${name}` (Terraform, "Strings and Templates"). What
/// is no expression that ends on its line stays as it is.
pub(crate) fn of_terraform(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            out += before;
            out += "${";
            rest = &from[2..];
            continue;
        }
        out += before;
        match from.find(['}', '\n']).filter(|end| from[*end..].starts_with('}')) {
            Some(end) => {
                out += &place(&from[2..end]);
                rest = &from[end + 1..];
            }
            None => {
                out += "${";
                rest = &from[2..];
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_variable_of_a_shell() {
        for (said, expected) in [
            ("${Stage}", "${__template_Stage}"),
            ("${Queue.Arn}", "${__template_Queue_Arn}"),
            ("${AWS::Region}", "${__template_AWS_Region}"),
            ("!If [IsProd, a, b]", "${__template_If_IsProd_a_b}"),
        ] {
            assert_eq!(place(said), expected);
        }
        assert!(place(&"a-".repeat(100)).len() < 70);
    }

    #[test]
    fn dynamic_references_are_places_and_other_braces_stay() {
        let text = "a={{resolve:ssm:/shop/name:1}} b={{ item }} {{resolve:open";
        assert_eq!(of_dynamic_references(text), "a=${__template_ssm_shop_name_1} b={{ item }} {{resolve:open");
    }

    #[test]
    fn templates_of_terraform_have_their_places_and_their_own_dollars() {
        let text = "NAME=${name}\necho $${HOME} $HOME ${var.tags[\"a\"]} ${\n}";
        let expected = "NAME=${__template_name}\necho ${HOME} $HOME ${__template_var_tags_a} ${\n}";
        assert_eq!(of_terraform(text), expected);
    }
}
