//! `mutable-image`: an image named by a tag that can change.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, some_of};
use crate::readiness::subject::Subject;

/// `latest`, or no tag at all: what is pulled tomorrow may be something else.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut names, mut evidence) = (Vec::new(), Vec::new());
    for (observation, place, container) in subject.containers() {
        if let Some(image) = container["image"].as_str().filter(|image| is_mutable(image)) {
            names.push(image.to_owned());
            evidence.push(at(observation, format!("{place}/image")));
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let text = format!("{} may be another image tomorrow", some_of(&names, 2));
    vec![Finding::new(text, evidence, "name the image by a version or by its digest")]
}

fn is_mutable(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    !image.contains('@') && name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

#[cfg(test)]
mod tests {
    use super::is_mutable;
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn latest_and_no_tag_are_mutable() {
        for (image, mutable) in [
            ("a.example/x:latest", true),
            ("a.example:5000/x", true),
            ("a.example/x:1.2", false),
            ("a.example/x@sha256:00", false),
        ] {
            assert_eq!(is_mutable(image), mutable, "{image}");
        }
        let (text, places) = service(json!({}), json!({}), json!({"image": "x:latest"})).note(NoteKind::MutableImage);
        assert_eq!(text, "x:latest may be another image tomorrow");
        assert_eq!(places, ["/taskDefinition/containerDefinitions/0/image"]);
    }
}
