//! Hashes.

use sha2::{Digest as _, Sha256};

use super::encodings::hex_of;
use super::{Call, Run, data};
use crate::eval::value::Value;

pub(super) const ALL: &[(&str, Run)] = &[("checksum", checksum), ("sha256", sha256)];

/// Bytes of a checksum: as many as nobody finds two values for, and few enough for a label in hexadecimal digits.
const CHECKSUM: usize = 16;

/// Bytes that SHA-256 takes at once, to which HMAC fills up a key.
const BLOCK: usize = 64;

fn checksum<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let data = data::canonical(call)?;
    let key = call.text(1)?;
    call.spend(data.len() + key.len())?;
    let digest = hmac(key.as_bytes(), &data);
    call.string(hex_of(digest.get(..CHECKSUM).unwrap_or(&digest)))
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let short: [u8; 32];
    let key = match key.len() {
        0..=BLOCK => key,
        _ => {
            short = Sha256::digest(key).into();
            &short
        }
    };
    let padded = |pad: u8| {
        let rest = BLOCK.saturating_sub(key.len());
        key.iter().copied().chain(std::iter::repeat_n(0, rest)).map(move |byte| byte ^ pad)
    };
    let inner: Vec<u8> = padded(0x36).chain(message.iter().copied()).collect();
    let inner = Sha256::digest(inner);
    let outer: Vec<u8> = padded(0x5c).chain(inner).collect();
    Sha256::digest(outer).into()
}

fn sha256<'a>(call: &Call<'_, 'a>) -> Option<Value<'a>> {
    let text = call.text(0)?;
    call.spend(text.len())?;
    call.string(sha256_hex(text.as_bytes()))
}

/// The hash in small hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex_of(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1, 2, 6 and 7 of RFC 4231: keys shorter than, and longer than, a block.
    #[test]
    fn the_published_test_cases_of_hmac_hold() {
        let of = |key: &[u8], message: &[u8]| hex_of(&hmac(key, message));
        assert_eq!(
            of(&[0x0b; 20], b"Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            of(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            of(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
        assert_eq!(
            of(
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. \
                  The key needs to be hashed before being used by the HMAC algorithm."
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        );
    }
}
