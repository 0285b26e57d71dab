package wire

// An allowance is what Keep-Alive says. The field was never standardized. Servers send
// what RFC 2068, 19.7.1.1 described: "timeout=5, max=100".
type allowance struct {
	idle     int32 // seconds that the connection may be idle; negative: not said
	requests int32 // further requests that it may carry; negative: not said
}

var unlimited = allowance{-1, -1}

// read reads the value of one field line. The smallest of several values counts. A
// parameter that is not a number is ignored.
func (a *allowance) read(value []byte) {
	for len(value) > 0 {
		end := 0
		for end < len(value) && value[end] != ',' && value[end] != ';' { // some servers send a semicolon
			end++
		}
		member := value[:end]
		value = value[min(end+1, len(value)):]
		equals := indexByte(member, '=')
		if equals < 0 {
			continue
		}
		n, ok := parseSmall(trimLines(member[equals+1:]))
		if !ok {
			continue
		}
		switch name := trimLines(member[:equals]); {
		case EqualName(name, "timeout"):
			a.idle = lesser(a.idle, n)
		case EqualName(name, "max"):
			a.requests = lesser(a.requests, n)
		}
	}
}

// lesser returns the smaller of a and b. A negative a is unknown, and b is returned.
func lesser(a, b int32) int32 {
	if a < 0 {
		return b
	}
	return min(a, b)
}

// maxSmall replaces every larger number. In seconds it is 34 years.
const maxSmall = 1 << 30

// parseSmall reads 1*DIGIT.
func parseSmall(digits []byte) (int32, bool) {
	var n int64
	for _, c := range digits {
		if !isDigit(c) {
			return 0, false
		}
		n = min(n*10+int64(c-'0'), maxSmall)
	}
	return int32(n), len(digits) > 0
}
