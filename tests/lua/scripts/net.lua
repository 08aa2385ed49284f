-- weft.net: a server and its clients in one script; ends, closes, cancels, and what is refused.
local net = weft.net
local function refused(name, value, message, code)
  assert(value == nil and code == name, tostring(message) .. " " .. tostring(code))
end

-- Lines come back, each connection by itself, until the listener is closed: then accept gives nil.
local listener = assert(net.listen("127.0.0.1", 0))
local host, port = listener:address()
assert(host == "127.0.0.1" and port > 0)
local served = 0
local function echo(connection)
  local connection <close> = connection
  for line in connection.read_line, connection do assert(connection:write("<" .. line .. ">\n")) end
  assert(connection:finish())
  served = served + 1
end
local function client(i)
  return function()
    local it <close> = assert(net.connect(i % 2 == 0 and host or "localhost", port))
    local ip, at = it:peer()
    assert(ip == host and at == port)
    assert(it:write("one " .. i .. "\r\ntwo\n\nla") and it:write("st") and it:finish())
    for _, expected in ipairs {"<one " .. i .. ">", "<two>", "<>", "<last>"} do
      local line = it:read_line()
      assert(line == expected, line)
    end
    assert(it:read_line() == nil and it:read() == nil)
  end
end
weft.all(function()
  weft.scope(function() for connection in listener.accept, listener do weft.spawn(echo, connection) end end)
  assert(served == 8)
end, function()
  weft.all(table.unpack((function() local all = {} for i = 1, 8 do all[i] = client(i) end return all end)()))
  listener:close()
end)
refused("ESTATE", listener:accept())
refused("ESTATE", listener:address())
listener:close()
assert(not net.connect(host, port))

-- A pair that is connected, for what follows.
listener = assert(net.listen("::1", 0))
local function pair()
  local a, b = weft.all(function() return listener:accept() end, function() return net.connect(listener:address()) end)
  return assert(a), assert(b)
end
local a, b = pair()
assert(a:write("some bytes\nand a line\n") and b:read(4) == "some" and b:read_line() == " bytes" and b:read_line() == "and a line")
local much = ("0123456789abcdef"):rep(40000)
local sent, came = weft.all(function() local ok = a:write(much) return a:finish() and ok end, function()
  local parts = {}
  for part in function() return b:read() end do parts[#parts + 1] = part end
  return table.concat(parts)
end)
assert(sent and came == much)
b:write(("x"):rep(8192) .. "\n")
refused("ELIMIT", a:read_line())
assert(a:read() == ("x"):rep(8192) and a:read_line() == "")

-- A read that is cancelled loses nothing, and the connection goes on.
local ok, message = pcall(weft.timeout, 0.005, a.read_line, a)
assert(not ok and message == "timed out", message)
b:write("half")
ok, message = pcall(weft.timeout, 0.02, a.read_line, a)
assert(not ok and message == "timed out", message)
b:write(" a line\n")
assert(a:read_line() == "half a line")
ok, message = pcall(weft.timeout, 0.005, listener.accept, listener)
assert(not ok and message == "timed out", message)
a, b = pair()

-- One reads at a time. Who is closed meanwhile comes back.
local function waits() refused("ESTATE", a:read()) return true end
local waited, other = weft.all(waits, function()
  weft.sleep(0.005)
  local ok, message = pcall(a.read, a)
  assert(not ok and message:find("another reads from this connection", 1, true), message)
  a:close()
  return true
end)
assert(waited and other and b:read() == nil)
refused("ESTATE", a:read())
refused("ESTATE", a:write("x"))
refused("ESTATE", a:finish())
refused("ESTATE", a:peer())
a, b = pair()
weft.all(function() -- nobody reads: so a write waits, sooner or later
  local part, ok, message, name = ("x"):rep(1 << 20)
  repeat ok, message, name = a:write(part) until not ok
  refused("ESTATE", ok, message, name)
end, function() weft.sleep(0.02) a:close() end)
weft.all(function() refused("ESTATE", listener:accept()) end, function()
  weft.yield()
  ok, message = pcall(listener.accept, listener)
  assert(not ok and message:find("another accepts", 1, true), message)
  listener:close()
end)

-- A peer that has gone: writes tell it sooner or later, and so does finish then. Behind finish, nothing is written.
listener = assert(net.listen("127.0.0.1", 0))
a, b = pair()
b:close()
local ok, message, name
for i = 1, 1000 do
  ok, message, name = a:write("x")
  if not ok then break end
  weft.sleep(0.001)
end
assert(name == "ECONNBROKEN" or name == "ECONNRESET" or name == "EPIPE", tostring(name))
refused(name, a:finish())
refused("EPIPE", a:write("x"))
a, b = pair()
assert(a:finish() and a:finish() and b:read() == nil and b:write("still") and a:read() == "still")
refused("EPIPE", a:write("x"))
listener:close()

-- Datagrams.
local here, there = assert(net.udp("127.0.0.1", 0)), assert(net.udp("127.0.0.1", 0))
local ip, at = here:address()
local text = weft.all(function() return table.pack(here:receive()) end, function() assert(there:send("a datagram", ip, at)) end)
assert(text[1] == "a datagram" and text[2] == "127.0.0.1" and text[3] == select(2, there:address()))
assert(here:send("", text[2], text[3]) and there:receive() == "")
ok, message = pcall(weft.timeout, 0.005, there.receive, there)
assert(not ok and message == "timed out", message)
assert(here:send("later", text[2], text[3]) and there:receive() == "later")
weft.all(function() refused("ESTATE", there:receive()) end, function()
  weft.yield()
  ok, message = pcall(there.receive, there)
  assert(not ok and message:find("another receives by this socket", 1, true), message)
  there:close()
end)
refused("ESTATE", there:receive())
refused("ESTATE", there:send("x", ip, at))
refused("ESTATE", there:address())
refused("EINVAL", here:send("x", "localhost", at))
refused("EMSGSIZE", here:send(("x"):rep(70000), ip, at))
refused("EADDRINUSE", net.udp(ip, at))
refused("EINVAL", net.udp("a name", 0))
here:close()

-- Names.
local found = assert(net.resolve("localhost"))
assert(#found > 0 and (found[1] == "127.0.0.1" or found[1] == "::1"))
assert(net.resolve("192.0.2.1")[1] == "192.0.2.1")
refused("EINVAL", net.resolve("not a name"))

-- What is no use.
refused("EADDRNOTAVAIL", net.listen("192.0.2.1", 0))
refused("EINVAL", net.listen("a name", 0))
refused("EINVAL", net.connect("127.0.0.1", 0))
refused("EINVAL", net.connect("not\na name", 1))
for _, bad in ipairs {{net.connect, "x"}, {net.connect, "x", 65536}, {net.connect, "a\0b", 1}, {net.listen, 1, -1}, {b.read, b, 0}, {b.read, 1},
                      {b.write, b, {}}, {listener.accept, b}, {net.udp, 1}, {net.resolve}, {here.send, here, "x"}} do
  assert(not pcall(table.unpack(bad)))
end
left = assert(net.listen("127.0.0.1", 0)) -- a global: the end of the state closes it
print("ok")
