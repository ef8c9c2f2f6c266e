//! The filter that takes our cookies out of what the application gets: an application that can read a session could
//! replay it at its neighbours.

use super::yaml;
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// Its name, by which routes switch it off.
pub(super) const NAME: &str = "without_our_cookies";

/// An item of `http_filters`, behind the one that asks.
pub(super) fn filter(config: &Config) -> String {
    let names = config.cookie_names();
    let ours: Vec<String> = names.all().iter().map(|name| format!("[\"{name}\"] = true")).collect();
    let traced = if config.trace.is_some() { TRACED } else { "" };
    let code = format!("local ours = {{ {} }}\n{LUA}{traced}end\n", ours.join(", "));
    let settings = format!(
        "# Our cookies are for us alone. Names are matched byte for byte, as Vestibule reads them. An application whose own\n\
         # cookie has one of these names does not get it either: set [session] cookie_prefix.\n\
         \"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua\n\
         default_source_code:\n  inline_string: |\n{}",
        indent(&code, 4)
    );
    yaml::item(&format!("name: {NAME}\ntyped_config:\n{}", indent(&settings, 2)))
}

const LUA: &str = "\
function envoy_on_request(request)
  local headers, left = request:headers(), {}
  for line = 0, headers:getNumValues(\"cookie\") - 1 do
    for pair in string.gmatch(headers:getAtIndex(\"cookie\", line), \"[^;]+\") do
      local name = string.match(pair, \"^[ \\t]*([^=]*)=\")
      if not (name and ours[name]) then table.insert(left, string.match(pair, \"^[ \\t]*(.*)$\")) end
    end
  end
  headers:remove(\"cookie\")
  if #left > 0 then headers:add(\"cookie\", table.concat(left, \"; \")) end
";

const TRACED: &str = "  -- The secret of [resolver] trace_secret is not for the application.
  headers:remove(\"x-vestibule-trace\")
";
