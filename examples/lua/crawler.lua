-- crawler.lua URL [WORKERS]: visits each page of a site once, so many at a time, and prints what it found.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
local start, workers = assert((...), "usage: crawler.lua URL [WORKERS]"), tonumber(select(2, ...) or 4)
local site = start:match("^%a+://[^/]+")
local queue, seen, bad = weft.channel(1000000), {}, 0
local open = 0 -- pages that are in the queue, or visited right now

local function add(url)
  if url and not seen[url] and url:sub(1, #site + 1) == site .. "/" then
    seen[url] = true
    open = open + 1
    queue:send(url)
  end
end

local function visit(url)
  local page, message = weft.http.fetch(url, {timeout = 10, redirects = 5, retries = 1})
  if not page or page.status ~= 200 then
    bad = bad + 1
    return print(page and page.status or message, url)
  end
  print(page.status, url, #page.body)
  if (page.headers["content-type"] or ""):find("^text/html") then
    for link in page.body:gmatch("<[aA]%s[^>]*[hH][rR][eE][fF]%s*=%s*[\"']([^\"']*)") do
      add(weft.http.resolve(page.url, link))
    end
  end
end

local function work()
  for url in queue.receive, queue do
    visit(url)
    open = open - 1
    if open == 0 then queue:close() end
  end
end

add(assert(weft.http.resolve(nil, start)))
local crew = {}
for i = 1, workers do crew[i] = work end
weft.all(table.unpack(crew))
print("bad links: " .. bad)
