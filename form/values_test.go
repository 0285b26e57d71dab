package form_test

import (
	"net/url"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func testFromMap(t *testing.T) {
	is := is.New(t)
	in := map[string]string{"b": "2", "a": "1", "": "0", "c": ""}
	for range 10 { // the order of a map changes
		is.Equal(form.FromMap(in), form.Values{{"", "0"}, {"a", "1"}, {"b", "2"}, {"c", ""}}) // sorted by name
	}
	is.Equal(len(form.FromMap(nil)), 0) // no pairs
}

func testFromLists(t *testing.T) {
	is := is.New(t)
	in := url.Values{"b": {"2", "1", "2"}, "a": {""}, "none": nil}
	for range 10 {
		is.Equal(form.FromLists(in), form.Values{{"a", ""}, {"b", "2"}, {"b", "1"}, {"b", "2"}}) // sorted by name, values in their order
	}
	is.Equal(string(form.FromLists(in).AppendForm(nil)), in.Encode()) // as net/url encodes them
}

func testAppendQuery(t *testing.T) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for name, tt := range map[string]struct {
		in   form.Values
		want string
	}{
		"none":       {nil, ""},
		"one":        {form.Values{{"rev", "7"}}, "rev=7"},
		"repeated":   {form.Values{{"b", "1"}, {"a", "2"}, {"b", "3"}}, "b=1&a=2&b=3"},
		"empty":      {form.Values{{"", ""}, {"a", ""}}, "=&a="},
		"space":      {form.Values{{"a b", "c+d"}}, "a%20b=c%2Bd"},
		"separators": {form.Values{{"a=b", "c&d#e?f/g"}}, "a%3Db=c%26d%23e%3Ff%2Fg"},
		"unreserved": {form.Values{{"-._~", "azAZ09"}}, "-._~=azAZ09"},
		"not ASCII":  {form.Values{{"é", "\xff"}}, "%C3%A9=%FF"},
		"line ends":  {form.Values{{"a\r\n", "\x00"}}, "a%0D%0A=%00"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(string(tt.in.AppendQuery([]byte("x?"))), "x?"+tt.want) // appended to what is there
			back, err := url.ParseQuery(tt.want)
			is.NoErr(err)
			for _, pair := range tt.in {
				is.True(len(back[pair[0]]) > 0) // net/url finds each name
			}
		})
	}
	t.Run("every byte", func(t *testing.T) {
		is := is.New(t)
		back, err := url.ParseQuery(string(form.Values{{string(every), string(every)}}.AppendQuery(nil)))
		is.NoErr(err)
		is.Equal(back.Get(string(every)), string(every)) // comes back as it went
	})
}
