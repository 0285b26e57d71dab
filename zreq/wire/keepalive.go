package wire

// allowance is what Keep-Alive says. The field was never standardized; servers send
// what RFC 2068, 19.7.1.1 had: "timeout=5, max=100".
type allowance struct {
	idle     int32 // seconds that the connection may be idle; negative: not said
	requests int32 // further requests that it may carry; negative: not said
}

var unlimited = allowance{-1, -1}

// KeepAlive returns what the head says by Keep-Alive: for how many seconds the
// connection may be idle and be used again, and how many further requests it may
// carry. Either is negative if the head does not say. It is valid after Head.
func (d *Decoder) KeepAlive() (idle, requests int32) {
	return d.allowance.idle, d.allowance.requests
}

// keepAlive reads one field line. Of several values the smallest counts, and what is
// no number is not heard.
func (d *machine) keepAlive(value []byte) {
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
			d.allowance.idle = lesser(d.allowance.idle, n)
		case EqualName(name, "max"):
			d.allowance.requests = lesser(d.allowance.requests, n)
		}
	}
}

// lesser returns the smaller one of two numbers. a may be unknown, which is negative.
func lesser(a, b int32) int32 {
	if a < 0 {
		return b
	}
	return min(a, b)
}

// maxSmall is what every larger number is taken for: 34 years, in seconds.
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
