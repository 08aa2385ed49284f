-- weft.fs, and Lua's own io, in a directory.
local fs = weft.fs
assert(fs.write("made", "some text") and fs.read("made") == "some text")
local info = fs.stat("made")
assert(info.size == 9 and info.modified > 1e9 and not info.is_directory and fs.stat(".").is_directory)
local none, message, name = fs.read("none")
assert(none == nil and message == "no such file or directory" and name == "ENOENT", message)
weft.all(function() fs.write("a", ("a"):rep(100000)) end, function() fs.write("b", ("b"):rep(100000)) end)
local a, b = weft.all(function() return fs.read("a") end, function() return fs.read("b") end)
assert(a == ("a"):rep(100000) and b == ("b"):rep(100000))
for line in io.lines("made") do assert(line == "some text") end
for _, each in ipairs {"made", "a", "b"} do assert(fs.remove(each)) end
assert(not fs.remove("made"))
print("ok")
