local n = 2000000
local prime = {}
for i = 0, n do prime[i] = true end
local i = 2
while i * i <= n do
  if prime[i] then
    local j = i * i
    while j <= n do
      prime[j] = false
      j = j + i
    end
  end
  i = i + 1
end
local count = 0
for k = 2, n do if prime[k] then count = count + 1 end end
print(count)
