//! The script that asks: Apache's own modules have no call-out that takes an answer's headers, so Debian's lua-socket does.

use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;

/// The script. `pages` is what stands before the path in the name of everything that goes to our pages.
pub(super) fn script(config: &Config, resolver: &Reach, pages: &str) -> String {
    let list = |names: Vec<String>| names.iter().map(|name| format!("  \"{name}\",\n")).collect::<String>();
    let names = list(config.identity_header_names().iter().map(|name| name.to_ascii_lowercase()).collect());
    let cookies = config.cookie_names();
    let cookies: String = cookies.all().iter().map(|name| format!("  [\"{name}\"] = true,\n")).collect();
    let connect = match resolver {
        Reach::Unix(path) => format!("require(\"socket.unix\")(), \"{path}\""),
        Reach::Tcp(tcp) => format!("socket.tcp(), \"{}\", {}", tcp.ip(), tcp.port()),
    };
    let scheme = if config.top.public_url.is_https() { "https" } else { "http" };
    SCRIPT
        .replace("{names}", &names)
        .replace("{cookies}", &cookies)
        .replace("{connect}", &connect)
        .replace("{pages}", pages)
        .replace("{scheme}", scheme)
}

const SCRIPT: &str = r#"-- Asks Vestibule whether a request may pass. Made by `vestibule proxy-config apache --lua`; goes with the configuration that
-- the same command prints without `--lua`. Needs Debian's package lua-socket. Whatever goes wrong in here: 503, and nobody
-- gets to the application.
require "apache2"
local socket = require "socket"

-- Where our pages are, as Apache names it once it has decided where a request goes. Nobody is asked about them.
local PAGES = "proxy:{pages}/"
-- Who somebody is: set by us or deleted.
local NAMES = {
{names}}
-- Our cookies are for us alone.
local COOKIES = {
{cookies}}
-- What of the client's request we are told, besides what was asked.
local TOLD = {
  "Accept", "Authorization", "Cookie", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Upgrade", "User-Agent", "X-Requested-With",
}
local SECONDS = 2

local function connected(connection, ...)
  connection:settimeout(1)
  if connection:connect(...) then return connection end
  connection:close()
end

-- The answer's status and headers, or nothing.
local function answer(connection, question)
  local deadline = socket.gettime() + SECONDS
  connection:settimeout(SECONDS, "t")
  if not connection:send(question) then return end
  local line = connection:receive("*l")
  local status = line and tonumber(line:match("^HTTP/1%.1 (%d%d%d) "))
  local headers = {}
  while status do
    line = connection:receive("*l")
    if not line or socket.gettime() > deadline then return end
    if line == "" then return status, headers end
    local name, value = line:match("^([^%s:]+):%s*(.-)%s*$")
    if not name then return end
    name = name:lower()
    -- Twice is never what we say.
    if headers[name] then return end
    headers[name] = value
  end
end

local function ask(r)
  local host = r.headers_in["Host"]
  if not host then return 400, {} end
  local lines = {
    "GET /_resolver/forward/forwarded HTTP/1.1", "Host: vestibule", "Connection: close",
    "X-Forwarded-Method: " .. r.method, "X-Forwarded-Proto: {scheme}", "X-Forwarded-Host: " .. host,
    "X-Forwarded-Uri: " .. r.unparsed_uri, "X-Forwarded-For: " .. r.useragent_ip,
  }
  for _, name in ipairs(TOLD) do
    local value = r.headers_in[name]
    if value then lines[#lines + 1] = name .. ": " .. value end
  end
  local connection = connected({connect})
  if not connection then return end
  local status, headers = answer(connection, table.concat(lines, "\r\n") .. "\r\n\r\n")
  connection:close()
  return status, headers
end

-- What is left of the cookies. Apache joins several lines by `, `, so a comma may begin a cookie, too.
local function without_ours(cookies)
  local kept = {}
  for crumb in cookies:gmatch("[^;]+") do
    local is_ours = false
    for piece in crumb:gmatch("[^,]+") do
      local name = piece:match("^%s*([^=]-)%s*=")
      is_ours = is_ours or (name and COOKIES[name])
    end
    if not is_ours then kept[#kept + 1] = crumb:match("^%s*(.-)%s*$") end
  end
  return table.concat(kept, "; ")
end

local REFUSALS = { [302] = true, [400] = true, [401] = true, [403] = true, [429] = true }

function check(r)
  if r.filename and r.filename:sub(1, #PAGES) == PAGES then return apache2.OK end
  for _, name in ipairs(NAMES) do r.headers_in[name] = nil end
  local went_well, status, headers = pcall(ask, r)
  if not went_well or not status then return 503 end
  if status == 200 then
    -- An answer of ours that lets somebody pass has no body.
    if headers["content-length"] ~= "0" then return 503 end
    for _, name in ipairs(NAMES) do
      local value = headers[name]
      if value and value ~= "" then r.headers_in[name] = value end
    end
    local cookies = r.headers_in["Cookie"]
    if cookies then
      local left = without_ours(cookies)
      r.headers_in["Cookie"] = left ~= "" and left or nil
    end
    return apache2.OK
  end
  for _, name in ipairs({ "Location", "WWW-Authenticate", "Retry-After", "Cache-Control" }) do
    local value = headers[name:lower()]
    if value then r.err_headers_out[name] = value end
  end
  return REFUSALS[status] and status or 503
end
"#;
