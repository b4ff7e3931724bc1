
-- Exact nearest neighbours in LuaJIT: a scan of the training rows into the k
-- best so far, a vote, JSON by cjson.

local cjson = require "cjson.safe"
local ffi = require "ffi"

local model = {}
model.__index = model


local function load(path)
    local file = assert(io.open(path))
    local data = assert(cjson.decode(file:read("*a")))
    file:close()

    local n, d = #data.X, #data.X[1]
    local self = setmetatable({
        name = data.name,
        n = n,
        d = d,
        k = data.k,
        classes = data.classes,
        x = ffi.new("double[?]", n * d),
        y = ffi.new("int32_t[?]", n),
        distances = ffi.new("double[?]", data.k),
        nearest = ffi.new("int32_t[?]", data.k),
        votes = ffi.new("int32_t[?]", #data.classes),
    }, model)

    for i = 1, n do
        self.y[i - 1] = data.y[i]

        for j = 1, d do
            self.x[(i - 1) * d + j - 1] = data.X[i][j]
        end
    end

    return self
end


function model:predict(row)
    local x, n, d, k = self.x, self.n, self.d, self.k
    local distances, nearest = self.distances, self.nearest

    for i = 0, k - 1 do
        distances[i] = math.huge
    end

    for i = 0, n - 1 do
        local sum = 0

        for j = 0, d - 1 do
            local difference = x[i * d + j] - row[j + 1]
            sum = sum + difference * difference
        end

        if sum < distances[k - 1] then
            local at = k - 1

            while at > 0 and distances[at - 1] > sum do
                distances[at] = distances[at - 1]
                nearest[at] = nearest[at - 1]
                at = at - 1
            end

            distances[at] = sum
            nearest[at] = i
        end
    end

    local votes, best = self.votes, 0
    ffi.fill(votes, ffi.sizeof(votes))

    for i = 0, k - 1 do
        local class = self.y[nearest[i]]
        votes[class] = votes[class] + 1
    end

    for class = 1, #self.classes - 1 do
        if votes[class] > votes[best] then
            best = class
        end
    end

    return self.classes[best + 1]
end


local function is_row(row, d)
    if type(row) ~= "table" or #row ~= d then
        return false
    end

    for j = 1, d do
        if type(row[j]) ~= "number" then
            return false
        end
    end

    return true
end


local function refuse(status, detail)
    ngx.status = status
    ngx.say(cjson.encode({error = detail}))
end


function model:serve()
    ngx.req.read_body()

    local body = cjson.decode(ngx.req.get_body_data() or "")
    local X = type(body) == "table" and body.X
    local reply = {model = self.name, version = "1.0.0"}

    ngx.header.content_type = "application/json"

    if type(X) ~= "table" then
        return refuse(400, "the body is no object with the member X")
    end

    if type(X[1]) == "number" then
        if not is_row(X, self.d) then
            return refuse(422, "the row is not of numbers for the model")
        end

        reply.prediction = self:predict(X)

    else
        local predictions = {}

        for i = 1, #X do
            if not is_row(X[i], self.d) then
                return refuse(422, "a row is not of numbers for the model")
            end

            predictions[i] = self:predict(X[i])
        end

        reply.predictions = predictions
    end

    local text = cjson.encode(reply)

    ngx.header.content_length = #text
    ngx.print(text)
end


return {load = load}
