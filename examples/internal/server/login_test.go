package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestLogin(t *testing.T) {
	is := is.New(t)
	srv := start(t)
	const typed = "Content-Type: application/x-www-form-urlencoded\r\n"
	status, _ := send(t, srv, "POST /login", typed, "name=me&password=guess", 0)
	is.Equal(status, http.StatusForbidden) // it does not let everybody in
	status, _ = send(t, srv, "POST /login", typed, "name=me&password=open+sesame", 0)
	is.Equal(status, http.StatusSeeOther) // who knows the password goes on
	status, _ = send(t, srv, "GET /yard", "", "", 0)
	is.Equal(status, http.StatusUnauthorized) // and nobody else
	status, text := send(t, srv, "GET /yard", "Cookie: session=me\r\n", "", 0)
	is.Equal(status, http.StatusOK)
	is.True(strings.Contains(text, "me")) // the cookie says who it is
}
