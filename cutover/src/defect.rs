//! What to say of a task that broke off by a defect.

use tokio::task::JoinError;

/// The text of the panic, the same each time that the same one happens.
pub(crate) fn text(error: JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else { return "it was ended from outside".to_owned() };
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("it did not say why");
    format!("its task broke off by a defect of Caravan, please report it: {said}")
}
