//! The front as it runs in a pod: the program itself, untouched runtime clients and their handlers as its processes, and
//! callers over real connections.

mod answers;
mod broken;
mod front;
mod lifecycle;
mod queues;
mod runtimes;
mod schedules;
mod web;
