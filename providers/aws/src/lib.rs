//! Reads AWS: authentication, pacing, paging, raw answers.
