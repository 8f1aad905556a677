//! The files that user data writes, for what reads them: containers that mount them, and Compose.

use super::account::Place;
use super::startup::{Piece, Word, Written};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Those files, by their paths.
#[derive(Debug, Default)]
pub(super) struct Files<'a>(BTreeMap<String, File<'a>>);

/// A file.
#[derive(Debug)]
pub(super) struct File<'a> {
    /// Where each of the statements stands that write it.
    places: Vec<Place<'a>>,
    content: Word,
    /// Whether anything reads it.
    used: Cell<bool>,
}

impl File<'_> {
    /// Notes that something reads it.
    pub(super) fn use_up(&self) {
        self.used.set(true);
    }
}

impl<'a> Files<'a> {
    /// Takes a file in; one that is written again is what was written last.
    pub(super) fn write(&mut self, place: Place<'a>, written: &Written) {
        let path = written.path.shown();
        match self.0.get_mut(&path) {
            Some(file) => {
                file.places.push(place);
                if !written.append {
                    file.content = Word { pieces: Vec::new(), line: written.content.line };
                }
                written.content.pieces.iter().cloned().for_each(|piece| file.content.push(piece));
            }
            None => {
                // What stood there before is not known.
                let mut content = written.content.clone();
                if written.append {
                    content.pieces.insert(0, Piece::Open("…".to_owned()));
                }
                self.0.insert(path, File { places: vec![place], content, used: Cell::new(false) });
            }
        }
    }

    /// What stands at a path.
    pub(super) fn read(&self, path: &str) -> Option<(&File<'a>, &Word)> {
        self.0.get(path).map(|file| (file, &file.content))
    }

    /// What stands in them.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        self.0.values().map(|file| file.content.shown())
    }

    /// Where a file is written.
    pub(super) fn place(&self, path: &str) -> Option<Place<'a>> {
        self.0.get(path)?.places.last().copied()
    }

    /// The files below a folder: their paths from there, and what stands in them.
    pub(super) fn below(&self, folder: &str) -> Vec<(&str, &File<'a>, &Word)> {
        let folder = folder.trim_end_matches('/');
        let inside = |path: &'_ str| path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).map(str::len);
        let found = self.0.iter().filter_map(|(path, file)| {
            let length = inside(path)?;
            Some((&path[path.len() - length..], file, &file.content))
        });
        found.collect()
    }

    /// Each statement that writes a file, and whether something reads it.
    pub(super) fn all(&self) -> impl Iterator<Item = (Place<'a>, &str, bool)> {
        self.0
            .iter()
            .flat_map(|(path, file)| file.places.iter().map(move |place| (*place, path.as_str(), file.used.get())))
    }
}
