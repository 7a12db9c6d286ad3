local x, words = 42, {}
for i = 1, 1000000 do
  x = (x * 16807) % 2147483647
  words[i] = "w" .. string.format("%d", x % 5000)
end
local text = table.concat(words, " ")
local parts = {}
for word in text:gmatch("[^ ]+") do parts[#parts + 1] = word end
local joined = table.concat(parts, ", ")
print(string.format("%d %d %d", #text, #parts, #joined))
