//! Whom containers run as, and what they may do.

use super::RenderError;
use super::app::Part;
use super::view::View;
use caravan_convert_lift::plconfig::Capabilities;
use k8s_openapi::api::core::v1 as core;

/// The pod security standard that something needs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    Restricted,
    Baseline,
    Privileged,
}

/// Whom a container runs as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum User {
    /// Whom the image names, perhaps root.
    Image,
    /// This user, in this group if one is given.
    Is(i64, Option<i64>),
}

/// Whom the container runs as: the platform's own user when it says nothing.
pub(super) fn user(part: &Part<'_>, view: &View<'_>) -> Result<User, RenderError> {
    let platform = i64::from(part.app.platform.user);
    match view.user {
        None => Ok(User::Is(platform, Some(platform))),
        Some("image") => Ok(User::Image),
        Some(text) => {
            let (user, group) = text.split_once(':').map_or((text, None), |(user, group)| (user, Some(group)));
            let number = |text: &str| text.parse::<u32>().ok().map(i64::from);
            match (number(user), group.map(number)) {
                (Some(user), None) => Ok(User::Is(user, None)),
                (Some(user), Some(Some(group))) => Ok(User::Is(user, Some(group))),
                _ => Err(part.error(
                    if view.place.is_empty() { "user" } else { &view.place },
                    format!("`{text}` is no number; write `uid`, `uid:gid`, or `image` for the user of the image"),
                )),
            }
        }
    }
}

/// What a container may do. Restricted, as the standard of that name wants it, unless `capabilities.default` keeps what
/// the container runtime gives.
pub(super) fn security_context(part: &Part<'_>, view: &View<'_>) -> Result<core::SecurityContext, RenderError> {
    let mut context = core::SecurityContext {
        read_only_root_filesystem: (view.writable != Some(true)).then_some(true),
        ..core::SecurityContext::default()
    };
    let none = Capabilities::default();
    let asked = view.capabilities.unwrap_or(&none);
    let mut drop: Vec<String> = asked.drop.iter().map(|name| plain(name)).collect();
    if let User::Is(user, group) = user(part, view)? {
        context.run_as_user = Some(user);
        context.run_as_group = group;
        context.run_as_non_root = Some(user != 0);
    }
    if asked.default != Some(true) {
        context.allow_privilege_escalation = Some(false);
        drop = vec!["ALL".to_owned()];
    }
    let add: Vec<String> = asked.add.iter().map(|name| plain(name)).collect();
    if !add.is_empty() || !drop.is_empty() {
        let some = super::view::some;
        context.capabilities = Some(core::Capabilities { add: some(add), drop: some(drop) });
    }
    Ok(context)
}

/// The standard that a container needs, and why.
pub(super) fn level(part: &Part<'_>, view: &View<'_>) -> Result<(Level, String), RenderError> {
    let added = view.capabilities.map(|asked| asked.add.as_slice()).unwrap_or_default();
    let outside = |allowed: &[&str]| added.iter().find(|name| !allowed.contains(&plain(name).as_str()));
    if let Some(name) = outside(Capabilities::BASELINE) {
        return Ok((Level::Privileged, format!("`{}` adds the capability {}", view.name, plain(name))));
    }
    if let Some(name) = outside(&["NET_BIND_SERVICE"]) {
        return Ok((Level::Baseline, format!("`{}` adds the capability {}", view.name, plain(name))));
    }
    if view.capabilities.is_some_and(|asked| asked.default == Some(true)) {
        return Ok((Level::Baseline, format!("`{}` keeps the capabilities of the container runtime", view.name)));
    }
    Ok(match user(part, view)? {
        User::Image => (Level::Baseline, format!("`{}` runs as whom its image names", view.name)),
        User::Is(0, _) => (Level::Baseline, format!("`{}` runs as root", view.name)),
        User::Is(..) => (Level::Restricted, String::new()),
    })
}

/// A capability without the prefix that Kubernetes does not use.
fn plain(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    name.strip_prefix("CAP_").unwrap_or(&name).to_owned()
}
