//! What a container runs, as whom, where, and how it ends.

use super::Plan;
use crate::ec2::docker::{Key, Setting};
use crate::ec2::startup::Word;
use crate::plconfig::{Component, Container, Seconds, is_user};
use crate::text::{is_image, is_path};
use crate::tracker::{Asked, FieldTracker};

pub(super) fn image<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, container: &mut Container) {
    if plan.started().built {
        return;
    }
    let word = &plan.started().image;
    let place = plan.place(word);
    if let Some(image) = word.text().filter(|image| is_image(image)) {
        container.image = Some(image);
        return place.exact(tracker, plan.inside("image"), "the image");
    }
    let id = tracker.question_id("image", &plan.member.key);
    let text = format!(
        "The image of the container `{}` is `{}`, which only the machine knows. Which is it?",
        plan.member.key,
        word.shown()
    );
    match tracker.ask_for(id, &text, &[], None, is_image) {
        Asked::Given(answer) => {
            container.image = Some(answer.to_owned());
            place.approximated(tracker, plan.inside("image"), "the image, by a person's answer");
        }
        Asked::Open(id) => {
            tracker.hold("a value that only the machine knows is not known");
            container.image = Some("placeholder.invalid/image:placeholder".to_owned());
            place.asked(tracker, &id, "the image");
        }
    }
}

/// The entry point, and the words behind the image: its arguments, or the image's command.
pub(super) fn words<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, container: &mut Container) {
    let entry: Vec<Word> = plan
        .started()
        .settings
        .iter()
        .filter(|setting| matches!(setting.key, Key::Entrypoint | Key::EntrypointWord))
        .map(|setting| setting.value.clone())
        .collect();
    let mut said = |words: &[Word], to: &str| {
        let mut out = Vec::new();
        for (at, word) in words.iter().enumerate() {
            match plan.known(tracker, word, &format!("{to}/{at}")).text() {
                Some((text, due)) => {
                    if due {
                        plan.place(word).exact(tracker, format!("{}/{at}", plan.inside(to)), to.to_owned());
                    }
                    out.push(text);
                }
                // A word that is missing would move the others.
                None => out.push(crate::marks::without_marks(&word.shown()).replace("${secret:", "${")),
            }
        }
        (!words.is_empty()).then_some(out)
    };
    container.command = said(&entry, "command");
    container.args = said(&plan.started().command, "args");
}

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    setting: &Setting,
    container: &mut Container,
    component: &mut Component,
) {
    let (word, place) = (&setting.value, plan.place(&setting.value));
    let flag = word.text().as_deref() != Some("false");
    match setting.key {
        Key::User => user(tracker, plan, word, container),
        Key::Workdir => {
            let Some((path, due)) = plan.known(tracker, word, "workdir").text() else { return };
            if !is_path(&path) {
                return place.blocked(tracker, &format!("the working directory `{path}` is no absolute path"));
            }
            container.workdir = Some(path);
            if due {
                place.exact(tracker, plan.inside("workdir"), "workdir");
            }
        }
        Key::Tty => {
            container.tty = Some(flag);
            place.exact(tracker, plan.inside("tty"), "tty");
        }
        Key::Stdin => {
            container.stdin = Some(flag);
            place.exact(tracker, plan.inside("stdin"), "stdin");
        }
        Key::Init if flag => {
            component.share_processes = Some(true);
            let note = "the pod's own init reaps; the containers see each other's processes";
            place.approximated(tracker, plan.at("share_processes"), note);
        }
        Key::Init => place.dropped_because(tracker, "default", "no init of its own"),
        Key::StopTimeout => match word.text().and_then(|text| seconds(&text)) {
            Some(stop) => {
                let longest = component.stop.map_or(stop, |old| old.max(stop));
                component.stop = Some(longest);
                place.approximated(
                    tracker,
                    plan.at("stop"),
                    "the pod has the longest of its containers, at least 10 s",
                );
            }
            None => place.blocked(tracker, &format!("`{}` is no length of time", word.shown())),
        },
        _ => restart(tracker, plan, word),
    }
}

/// A pod starts its containers again whenever they end.
fn restart<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: &Word) {
    let place = plan.place(word);
    let policy = word.shown();
    match policy.split(':').next().unwrap_or_default() {
        "always" | "unless-stopped" => {
            place.dropped_because(tracker, "restart", "a pod's containers are started again")
        }
        "on-failure" => {
            place.dropped_because(
                tracker,
                "restart",
                "a pod's containers are started again, also after they ended well",
            );
        }
        _ => {
            let id = tracker.question_id("restart", &plan.member.key);
            let text = format!(
                "The container `{}` is not started again when it ends, and a pod starts it again. Is that right?",
                plan.member.key
            );
            place.ask_to_leave_out(tracker, id, &text, "restart");
        }
    }
}

fn user<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: &Word, container: &mut Container) {
    let place = plan.place(word);
    let Some((user, due)) = plan.known(tracker, word, "user").text() else { return };
    // Root is 0 in every image.
    let number = if matches!(user.as_str(), "root" | "root:root") { "0".to_owned() } else { user };
    if is_user(&number) {
        container.user = Some(number);
        if due {
            place.exact(tracker, plan.inside("user"), "user");
        }
        return;
    }
    let id = tracker.question_id("user", &plan.member.key);
    let text =
        format!("Which number has the user `{number}` in the image of `{}`? As uid or uid:gid.", plan.member.key);
    let usable = |answer: &str| answer == "image" || is_user(answer);
    match tracker.ask_for(id, &text, &[], Some("image"), usable) {
        Asked::Given(answer) => {
            container.user = Some(answer.to_owned());
            place.approximated(tracker, plan.inside("user"), "the name's number, by a person's answer");
        }
        Asked::Open(id) => {
            // As the image has it, it may be root.
            tracker.hold("nobody said which number its user has");
            place.asked(tracker, &id, "user");
        }
    }
}

/// What a service waits for: the containers beside the main one are up before it.
pub(super) fn after<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, word: &Word, container: &mut Container) {
    let place = plan.place(word);
    let name = word.shown();
    let other = plan.pod.members.iter().position(|other| other.started.name.as_deref() == Some(name.as_str()));
    match other {
        Some(0) => place.dropped_because(tracker, "start-order", "the main container starts after those beside it"),
        Some(_) if plan.is_main() => {
            place.dropped_because(tracker, "start-order", "the main container starts after those beside it");
        }
        Some(at) => {
            container.after.push(plan.pod.members[at].key.clone());
            place.approximated(tracker, plan.inside("after"), "once it is started, not once it is well");
        }
        None => place.blocked(tracker, &format!("it waits for `{name}`, which is no container of the machine")),
    }
}

/// `90`, `90s`, `1m30s`.
pub(super) fn seconds(text: &str) -> Option<Seconds> {
    if let Ok(plain) = text.parse::<u32>() {
        return Some(Seconds(plain));
    }
    let (mut sum, mut digits) = (0_u32, String::new());
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let factor = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let count = std::mem::take(&mut digits).parse::<u32>().ok()?;
        sum = sum.checked_add(count.checked_mul(factor)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then_some(Seconds(sum))
}
