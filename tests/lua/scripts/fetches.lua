-- Two fetches at the same time, from inside of pcall, each of which the server answers when it has both.
local base = ...
local ok, one, two = pcall(function()
  return weft.all(function() return weft.http.fetch(base .. "/both?1").body end,
                  function() return weft.http.fetch(base .. "/both?2").body end)
end)
assert(ok, one)
assert(one == "both?1" and two == "both?2")
local answer = weft.http.fetch(base .. "/echo", {body = "sent", method = "PUT", headers = {["x-mine"] = "value"}, timeout = 20})
assert(answer.status == 201 and answer.body == "PUT sent value" and answer.headers["x-back"] == "yes")
local none, message, name = weft.http.fetch("http://127.0.0.1:1/")
assert(none == nil and name == "ECONNREFUSED", message)
none, message, name = weft.http.fetch("not a url")
assert(none == nil and name == "EURI", message)
none, message, name = weft.http.fetch(base .. "/echo", {body = "sent", limit = 3})
assert(none == nil and name == "ELIMIT", message)
ok, message = pcall(weft.timeout, 0.05, weft.http.fetch, base .. "/never")
assert(not ok and message == "timed out", message)
local resolve = weft.http.resolve
assert(resolve(nil, "HTTP://A.org/b/../c#d") == "http://a.org/c" and resolve("http://a.org/b/c", "d?e") == "http://a.org/b/d?e")
assert(resolve("http://a.org", "?" .. ("x"):rep(5000)) == "http://a.org/?" .. ("x"):rep(5000))
for _, link in ipairs {"mailto:me", "", "c"} do
  none, message, name = resolve(nil, link)
  assert(none == nil and name == "EURI", message)
end
assert(not pcall(weft.http.fetch, base, {headers = 1}) and not pcall(weft.http.fetch, base, {body = {}}))
print("ok")
