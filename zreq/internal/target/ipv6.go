package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// isBareIPv6 reports whether s is an IPv6 address without its brackets, and perhaps a
// port: nothing else has two colons and hexadecimal digits alone.
func isBareIPv6(s string) bool {
	colons := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '%':
			return colons > 1
		case c == ':':
			colons++
		case c != '.' && ascii.Unhex(c) < 0:
			return false
		}
	}
	return colons > 1
}

// validIPv6 is IPv6address of RFC 3986, 3.2.2.
func validIPv6(s string) bool {
	groups, compressed := 0, false
	for colon := false; s != ""; colon = true { // whether a colon goes before the next group
		if len(s) >= 2 && s[:2] == "::" {
			if compressed {
				return false
			}
			compressed, colon, s = true, false, s[2:]
			if s == "" {
				break
			}
		}
		if colon {
			s = s[1:]
		}
		group, rest := ascii.Split(s, ":")
		if rest == "" && ascii.IndexByte(group, '.') >= 0 {
			return validIPv4(group) && fits(groups+2, compressed)
		}
		if len(group) == 0 || len(group) > 4 || !allHex(group) {
			return false
		}
		groups++
		s = rest
	}
	return fits(groups, compressed)
}

func fits(groups int, compressed bool) bool {
	if compressed {
		return groups < 8 // the gap stands for at least one
	}
	return groups == 8
}

func validIPv4(s string) bool {
	for part := range 4 {
		n, digits := 0, 0
		for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' && digits < 3 {
			n = n*10 + int(s[digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 || digits > 1 && s[0] == '0' {
			return false
		}
		s = s[digits:]
		if part == 3 {
			break
		}
		if s == "" || s[0] != '.' {
			return false
		}
		s = s[1:]
	}
	return s == ""
}

func allHex(s string) bool {
	for i := range len(s) {
		if ascii.Unhex(s[i]) < 0 {
			return false
		}
	}
	return true
}
