local counts, names, x = {}, 0, 7
for _ = 1, 1000000 do
  x = (x * 16807) % 2147483647
  local key = "key " .. (x % 1000)
  local before = counts[key]
  if before == nil then
    names = names + 1
    before = 0
  end
  counts[key] = before + 1
end
print(string.format("%d %d", names, counts["key 7"]))
