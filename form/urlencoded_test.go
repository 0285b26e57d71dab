package form_test

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

var every = func() string {
	b := make([]byte, 256)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}()

func testURLEncoded(t *testing.T) {
	for name, tt := range map[string]struct {
		in   form.Values
		want string
	}{
		"none":           {nil, ""},
		"one":            {form.Values{{"rev", "7"}}, "rev=7"},
		"order":          {form.Values{{"b", "1"}, {"a", "2"}, {"b", "3"}, {"b", "1"}}, "b=1&a=2&b=3&b=1"},
		"nothing in it":  {form.Values{{"", ""}}, "="},
		"empty names":    {form.Values{{"", "a"}, {"", ""}, {"b", ""}}, "=a&=&b="},
		"space":          {form.Values{{"a b", " c "}}, "a+b=+c+"},
		"plus":           {form.Values{{"a+b", "+"}}, "a%2Bb=%2B"},
		"tilde":          {form.Values{{"~", "~"}}, "%7E=%7E"},
		"stays":          {form.Values{{"*-._", "azAZ09"}}, "*-._=azAZ09"},
		"beside letters": {form.Values{{"@[`{", "/:"}}, "%40%5B%60%7B=%2F%3A"},
		"separators":     {form.Values{{"a=b", "c&d;e"}}, "a%3Db=c%26d%3Be"},
		"percent":        {form.Values{{"%41", "100%"}}, "%2541=100%25"},
		"UTF-8":          {form.Values{{"naïve", "日本"}}, "na%C3%AFve=%E6%97%A5%E6%9C%AC"},
		"not UTF-8":      {form.Values{{"\xff", "\x80"}}, "%FF=%80"},
		"line ends stay": {form.Values{{"\r", "\n\r\n"}}, "%0D=%0A%0D%0A"},
		"escape at last": {form.Values{{"a", "b&"}}, "a=b%26"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(string(tt.in.AppendForm([]byte("x"))), "x"+tt.want) // WHATWG URL, application/x-www-form-urlencoded serializer
			checkBody(t, tt.in.Body(), tt.want)
		})
	}
	is.New(t).Equal(form.Values{}.Body().ContentType(), "application/x-www-form-urlencoded") // WHATWG URL, 5
	checkBody(t, new(form.URLEncoded), "")
}

func testURLEncodedEveryByte(t *testing.T) {
	is := is.New(t)
	for i := range every {
		c := every[i : i+1]
		want := fmt.Sprintf("%%%02X", c)
		if strings.Contains("*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", c) {
			want = c
		} else if c == " " {
			want = "+"
		}
		is.Equal(string(form.Values{{"", c}}.AppendForm(nil)), "="+want) // its percent-encode set
	}
}

func testURLEncodedRoundTrip(t *testing.T) {
	in := form.Values{{every, every}, {"b", "2"}, {"a", "x"}, {"b", "1"}, {"b", "2"}, {"", ""}}
	want := url.Values{every: {every}, "b": {"2", "1", "2"}, "a": {"x"}, "": {""}}
	streamed, err := io.ReadAll(in.Body())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		string(in.AppendForm(nil)),
		string(streamed),
		string(in.AppendQuery(nil)),
	} {
		is := is.New(t)
		back, err := url.ParseQuery(text)
		is.NoErr(err)
		is.Equal(back, want)                                                 // net/url reads every byte and the order of each name
		is.True(strings.Index(text, "&a=x&") > strings.Index(text, "&b=2&")) // names stand in the order given
	}
}
