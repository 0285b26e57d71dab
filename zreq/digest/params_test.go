package digest_test

import "regexp"

// value is that of a parameter of Authorization.
type value struct {
	value  string
	quoted bool
}

var (
	reParam   = regexp.MustCompile(`([A-Za-z]+\*?)=("(?:[^"\\]|\\.)*"|[^",\s]+)(, |$)`)
	reEscaped = regexp.MustCompile(`\\(.)`)
)

// paramsOf takes Authorization apart by another way than the package: nil if
// there is anything in it that is no parameter.
func paramsOf(answer string) map[string]value {
	const scheme = "Digest "
	if len(answer) < len(scheme) || answer[:len(scheme)] != scheme {
		return nil
	}
	params := make(map[string]value)
	rest := answer[len(scheme):]
	for rest != "" {
		m := reParam.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return nil
		}
		name, v := rest[m[2]:m[3]], value{value: rest[m[4]:m[5]]}
		if v.value[0] == '"' {
			v = value{reEscaped.ReplaceAllString(v.value[1:len(v.value)-1], "$1"), true}
		}
		if _, twice := params[name]; twice {
			return nil
		}
		params[name] = v
		rest = rest[m[1]:]
	}
	return params
}
