//! The installation's keys, generated at first start. In the database, so that one backup holds all.

use aws_lc_rs::constant_time;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use vestibule_gate::time::Timestamp;

use crate::fault::Fault;
use crate::mint;

use super::Connection;
use super::engine::query;

/// The key with this name, made when there is none. 32 bytes.
pub(crate) async fn get_or_mint(sql: &mut Connection, name: &str, now: Timestamp) -> Result<[u8; 32], Fault> {
    let fresh: [u8; 32] = mint::random()?;
    query("INSERT INTO keys (name, secret, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(URL_SAFE_NO_PAD.encode(fresh))
        .bind(now.millis())
        .execute(&mut *sql)
        .await?;
    let row = query("SELECT secret FROM keys WHERE name = $1").bind(name).fetch_one(&mut *sql).await?;
    let text: String = row.try_get("secret")?;
    let mut key = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut key).map_err(|_| Fault::Unreadable("a key"))?;
    let empty = constant_time::verify_slices_are_equal(&key, &[0; 32]).is_ok();
    if length != 32 || empty { Err(Fault::Unreadable("a key")) } else { Ok(key) }
}
