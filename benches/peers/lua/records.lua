local x, records = 42, {}
for i = 0, 199999 do
  x = (x * 16807) % 2147483647
  records[#records + 1] = {id = i, group = "g" .. (x % 97), value = x % 1000}
end
local large = {}
for _, r in ipairs(records) do if r.value >= 300 then large[#large + 1] = r end end
table.sort(large, function(a, b) return a.value * 1000000 + a.id < b.value * 1000000 + b.id end)
local groups, names = {}, 0
for _, r in ipairs(large) do
  local group = groups[r.group]
  if group == nil then
    group = {}
    groups[r.group] = group
    names = names + 1
  end
  group[#group + 1] = r
end
local check = 0
for _, group in pairs(groups) do check = check + #group * group[1].id + group[#group].value end
print(string.format("%d %d %d", #large, names, check))
