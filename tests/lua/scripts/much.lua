-- A bit of all that there is: true, or an error, which names memory if that is what it is for.
local net, fs = weft.net, weft.fs
local a, b = weft.all(function() weft.sleep(0) return "a" end, function() weft.yield() return ("b"):rep(100) end)
assert(a == "a" and b == ("b"):rep(100))
local ok, message = pcall(weft.timeout, 0.001, weft.sleep, 10)
if message ~= "timed out" then error(message, 0) end
assert(weft.race(function() weft.sleep(10) end, function() weft.yield() return "first" end) == "first")
local sum = 0
weft.scope(function() for i = 1, 3 do weft.spawn(function() weft.yield() sum = sum + i end) end end)
assert(sum == 6)
local channel = weft.channel(1)
weft.all(function() for i = 1, 5 do channel:send(i) end channel:close() end, function() for i in channel.receive, channel do sum = sum + i end end)
assert(sum == 21)
for i in coroutine.wrap(function() weft.yield() coroutine.yield(1) weft.yield() end) do sum = sum + i end
assert(sum == 22)
assert(fs.write("made", "some text"))
assert(assert(fs.read("made")) == "some text" and assert(fs.stat("made")).size == 9 and assert(fs.remove("made")))
local listener <close> = assert(net.listen("127.0.0.1", 0))
local one, two = weft.all(function() return assert(listener:accept()) end, function() return assert(net.connect(listener:address())) end)
assert(one:write("a line\n") and one:finish())
assert(two:read_line() == "a line" and two:read() == nil)
two:close() -- the other is left to the collector
local udp <close> = assert(net.udp("127.0.0.1", 0))
assert(udp:send("to itself", udp:address()) and assert(udp:receive()) == "to itself" and assert(net.resolve("127.0.0.1")))
local none, why, name = weft.http.fetch("http://127.0.0.1:1/")
assert(none == nil and name == "ECONNREFUSED", why)
assert(assert(weft.http.resolve("http://a.org/b", "c")) == "http://a.org/c")
return true
