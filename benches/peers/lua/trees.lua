local function make(depth)
  if depth == 0 then return {} end
  return {left = make(depth - 1), right = make(depth - 1)}
end
local function count(tree)
  if tree.left == nil then return 1 end
  return count(tree.left) + count(tree.right) + 1
end
local all = 0
for _ = 1, 8 do all = all + count(make(14)) end
print(all)
