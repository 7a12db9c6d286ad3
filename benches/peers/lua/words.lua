local names = {"ash", "birch", "cedar", "elm", "fir", "hazel", "maple", "oak", "pine", "willow"}
local parts = {}
for i = 0, 399999 do parts[#parts + 1] = names[(i * 7 + i // 3) % 10 + 1] .. " " end
local text = table.concat(parts)
local counts = {}
for word in text:gmatch("[^ ]+") do counts[word] = (counts[word] or 0) + 1 end
local keys = {}
for word in pairs(counts) do keys[#keys + 1] = word end
table.sort(keys)
for i, word in ipairs(keys) do keys[i] = word .. "=" .. counts[word] end
print(table.concat(keys, ","))
