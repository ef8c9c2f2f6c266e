//! The script that asks. It speaks through a socket of its own: HAProxy's HTTP client asks four times before it gives up,
//! and waits for five seconds each time for a machine that is not there.

use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;

/// The script.
pub(super) fn script(config: &Config, resolver: &Reach) -> String {
    let names: String =
        config.identity_header_names().iter().map(|name| format!("  \"{}\",\n", name.to_ascii_lowercase())).collect();
    let cookies = config.cookie_names();
    let cookies: String = cookies.all().iter().map(|name| format!("  [\"{name}\"] = true,\n")).collect();
    let place = match resolver {
        Reach::Unix(path) => format!("\"unix@{path}\""),
        Reach::Tcp(tcp) => format!("\"{}\", {}", tcp.ip(), tcp.port()),
    };
    let scheme = if config.top.public_url.is_https() { "https" } else { "http" };
    SCRIPT
        .replace("{names}", &names)
        .replace("{cookies}", &cookies)
        .replace("{place}", &place)
        .replace("{scheme}", scheme)
}

const SCRIPT: &str = r#"-- Asks Vestibule whether a request may pass. Made by `vestibule proxy-config haproxy --lua`; goes with the configuration
-- that the same command prints without `--lua`. Whatever goes wrong in here, HAProxy answers 503: it lets nobody to the
-- application before the last line of this has said that they may pass.

-- Who somebody is: set by us or deleted.
local NAMES = {
{names}}
-- Our cookies are for us alone.
local COOKIES = {
{cookies}}
-- What of the client's request we are told, besides what was asked.
local TOLD = {
  "accept", "authorization", "cookie", "sec-fetch-dest", "sec-fetch-mode", "upgrade", "user-agent", "x-requested-with",
}
-- What of a refusal the client is told.
local SHOWN = { "location", "www-authenticate", "retry-after", "cache-control" }
local REFUSALS = { [302] = true, [400] = true, [401] = true, [403] = true, [429] = true }

local function milliseconds()
  local now = core.now()
  return now.sec * 1000 + now.usec // 1000
end

-- The answer's status and headers, or nothing.
local function answer(connection, question)
  local deadline = milliseconds() + 2000
  connection:settimeout(1)
  if not connection:connect({place}) then return end
  connection:settimeout(2)
  if not connection:send(question) then return end
  local line = connection:receive("*l")
  local status = line and tonumber(line:match("^HTTP/1%.1 (%d%d%d) "))
  local headers = {}
  while status do
    local left = deadline - milliseconds()
    if left <= 0 then return end
    connection:settimeout(left / 1000)
    line = connection:receive("*l")
    if not line then return end
    line = line:gsub("\r$", "")
    if line == "" then return status, headers end
    local name, value = line:match("^([^%s:]+):%s*(.-)%s*$")
    -- Twice is never what we say.
    if not name or headers[name:lower()] then return end
    headers[name:lower()] = value
  end
end

local function ask(txn, told)
  local lines = {
    "GET /_resolver/forward/forwarded HTTP/1.1", "Host: vestibule", "Connection: close",
    "X-Forwarded-Method: " .. txn.f:method(), "X-Forwarded-Proto: {scheme}",
    "X-Forwarded-Host: " .. txn.f:req_fhdr("host"), "X-Forwarded-Uri: " .. txn.f:pathq(),
    "X-Forwarded-For: " .. txn.f:src(),
  }
  for _, name in ipairs(TOLD) do
    local value = told[name]
    local at = 0
    while value and value[at] do
      lines[#lines + 1] = name .. ": " .. value[at]
      at = at + 1
    end
  end
  -- A line break in a value would begin a header that the client has made up.
  for _, line in ipairs(lines) do
    if line:find("[\r\n\0]") then return 400, {} end
  end
  local connection = core.tcp()
  local status, headers = answer(connection, table.concat(lines, "\r\n") .. "\r\n\r\n")
  connection:close()
  return status, headers
end

-- Takes our cookies out of the request.
local function take_ours_out(http, lines)
  local left, at = {}, 0
  while lines and lines[at] do
    for crumb in lines[at]:gmatch("[^;]+") do
      local name = crumb:match("^%s*([^=]-)%s*=")
      if not (name and COOKIES[name]) then left[#left + 1] = crumb:match("^%s*(.-)%s*$") end
    end
    at = at + 1
  end
  http:req_del_header("cookie")
  if #left > 0 then http:req_add_header("cookie", table.concat(left, "; ")) end
end

-- Whether the request says of somebody what we have answered, and nothing else.
local function says(http, headers)
  for _, name in ipairs(NAMES) do
    http:req_del_header(name)
    local value = headers[name]
    if value and value ~= "" then http:req_set_header(name, value) end
  end
  -- Setting a header for which there is no room fails without a word.
  local set = http:req_get_headers()
  for _, name in ipairs(NAMES) do
    local value = headers[name] ~= "" and headers[name] or nil
    if (set[name] and set[name][0]) ~= value then return false end
  end
  return true
end

local function refuse(txn, status, headers)
  local reply = txn:reply({ status = status })
  for _, name in ipairs(SHOWN) do
    if headers[name] then reply:add_header(name, headers[name]) end
  end
  txn:done(reply)
end

core.register_action("vestibule", { "http-req" }, function(txn)
  local told = txn.http:req_get_headers()
  local status, headers = ask(txn, told)
  -- An answer of ours that lets somebody pass has no body.
  if status == 200 and headers["content-length"] == "0" then
    take_ours_out(txn.http, told["cookie"])
    if says(txn.http, headers) then txn:set_var("txn.vestibule", "may pass") end
  elseif REFUSALS[status] then
    refuse(txn, status, headers)
  end
end, 0)
"#;
