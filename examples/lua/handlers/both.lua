-- GET /both?URL%20URL: asks two sites at the same time, and answers what both said; or 502 with what went wrong.
local request = ...
local function decode(text) return (text:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end)) end
local function ask(url)
  local page, message = weft.http.fetch(url, {timeout = 5})
  return (page or error(url .. ": " .. message, 0)).body
end
local one, two = decode(request.query):match("^(%S+)%s+(%S+)$")
if not one then return 400, "two addresses expected, as in /both?URL%20URL\n" end
local ok, first, second = pcall(weft.all, function() return ask(one) end, function() return ask(two) end)
if not ok then return 502, first .. "\n" end
return first .. second
