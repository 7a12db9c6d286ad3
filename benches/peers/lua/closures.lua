local numbers, sum = {}, 0
for i = 0, 199999 do numbers[#numbers + 1] = i end
for turn = 1, 5 do
  local made, kept = {}, {}
  local function change(n) return n * 3 + turn end
  for i, n in ipairs(numbers) do made[i] = change(n) end
  local function even(n) return n % 2 == 0 end
  for _, n in ipairs(made) do if even(n) then kept[#kept + 1] = n end end
  local function add(a, n) return a + n end
  local all = 0
  for _, n in ipairs(kept) do all = add(all, n) end
  sum = sum + all
end
print(sum)
