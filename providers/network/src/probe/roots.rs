//! Whose certificates probes trust.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The roots whose certificates probes trust.
#[derive(Clone, Debug)]
pub struct Roots(RootCertStore);

/// Why a text of roots can't be used.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// There is no certificate in it.
    #[error("there is no PEM certificate in it (`-----BEGIN CERTIFICATE-----`)")]
    Empty,
    /// It is not PEM.
    #[error("certificate {number} is not PEM: {text}")]
    NotPem {
        /// The number of the file, from 1.
        number: usize,
        /// What is wrong with it.
        text: String,
    },
    /// What is in the PEM is no certificate.
    #[error("certificate {number} is no X.509 certificate: {text}")]
    NotCertificate {
        /// The number of the file, from 1.
        number: usize,
        /// What is wrong with it.
        text: String,
    },
}

impl Roots {
    /// The public roots as Mozilla keeps them: the same on every machine, and what the users' browsers trust.
    #[must_use]
    pub fn public() -> Self {
        Self(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect())
    }

    /// Trusts every certificate of a PEM text, too, and gives their number. Sections of other kinds are skipped.
    ///
    /// # Errors
    /// [`RootsError`]; some of them may be trusted then.
    pub fn read_pem(&mut self, pem: &[u8]) -> Result<usize, RootsError> {
        let mut number = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            number += 1;
            let certificate = certificate.map_err(|error| RootsError::NotPem { number, text: error.to_string() })?;
            let added = self.0.add(certificate);
            added.map_err(|error| RootsError::NotCertificate { number, text: error.to_string() })?;
        }
        if number == 0 { Err(RootsError::Empty) } else { Ok(number) }
    }

    pub(crate) fn store(self) -> RootCertStore {
        self.0
    }
}
