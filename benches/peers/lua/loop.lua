local sum = 0
for i = 0, 1999 do
  for j = 0, 4999 do sum = sum + (i + j) % 7 end
end
print(sum)
