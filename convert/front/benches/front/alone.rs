//! A stand-in for the runtime API that does no more than it must: what a client takes without the front.

use crate::{Outcome, read_message};
use serde_json::Value;
use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// A client that is called by this process. It keeps one connection, or opens one for each call.
pub(crate) struct Alone {
    child: Child,
    listener: TcpListener,
    connection: Option<(TcpStream, BufReader<TcpStream>)>,
}

impl Alone {
    /// Starts the client and waits until it asks.
    pub(crate) fn start(config: &Value) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let words: Vec<_> = config["command"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (program, arguments) = words.split_first().ok_or("no command")?;
        let child = Command::new(program)
            .args(arguments)
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("LAMBDA_TASK_ROOT", config["function"]["task_root"].as_str().unwrap_or("/"))
            .env("_HANDLER", "app.by_path")
            .current_dir(config["function"]["task_root"].as_str().unwrap_or("/"))
            .stdin(Stdio::null())
            .spawn()?;
        let mut alone = Self { child, listener, connection: None };
        alone.message()?;
        Ok(alone)
    }

    /// Gives the client an event and reads its answer.
    pub(crate) fn call(&mut self, event: &[u8]) -> Outcome<()> {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nlambda-runtime-aws-request-id: \
             00000000-0000-4000-8000-000000000000\r\nlambda-runtime-deadline-ms: 4102444800000\r\n\
             lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-3:111122223333:function:bench\r\n\r\n",
            event.len(),
        );
        self.answer(&[head.as_bytes(), event].concat())?;
        self.message()
    }

    /// Takes the answer, and waits until the client asks again.
    pub(crate) fn settle(&mut self) -> Outcome<()> {
        self.answer(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")?;
        self.message()
    }

    fn answer(&mut self, bytes: &[u8]) -> Outcome<()> {
        let (stream, _) = self.connection.as_mut().ok_or("no connection")?;
        Ok(stream.write_all(bytes)?)
    }

    fn message(&mut self) -> Outcome<()> {
        loop {
            if let Some((_, reader)) = &mut self.connection
                && read_message(reader).is_ok()
            {
                return Ok(());
            }
            let (stream, _) = self.listener.accept()?;
            stream.set_nodelay(true)?;
            self.connection = Some((stream.try_clone()?, BufReader::new(stream)));
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
