-- Strings, numbers and tables as text.
print(("%5.2f|%-8s|%q|%x|%g|%a"):format(math.pi, "left", "a\n\0\"b", 255, 1e100, 1.5))
print(("key = value, other=thing"):gsub("(%w+)%s*=%s*(%w+)", "%2=%1"))
print(("a,b,,c"):find(",,", 1, true), ("héllo"):upper(), utf8.len("héllo"), ("x"):rep(3, "-"))
print(string.pack("<i4z", 7, "seven"):byte(1, -1))
print(math.tointeger(2^53), 1 // 0.0, -7 // 2, -7 % 3, 7 / 2, math.maxinteger + 1 == math.mininteger, "10" + 5, 0x7fp-2)
local items = {}
for i = 1, 1000 do items[i] = (i * 7919) % 1009 end
table.sort(items, function(a, b) return a > b end)
print(table.concat(items, " ", 1, 20), #items, select("#", table.unpack(items, 1, 200)))
local parts = {}
for word in ("the quick brown fox"):gmatch("%a+") do parts[#parts + 1] = word:reverse() end
print(table.concat(parts, "|"), #("x"):rep(1000000), tostring(nil), tostring(1e15), 2^63, 1e15 // 1)
print(load("return 1 + ...")(41), (function(...) return select("#", ...) end)(nil, nil), next({}), rawlen({1, 2}))
goto done
print("never")
::done::
