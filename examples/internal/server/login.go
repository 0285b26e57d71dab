package server

import (
	"fmt"
	"net/http"
)

// member is the cookie of those who have logged in.
const member = "session"

// login takes a POST with the right password, sets a cookie and sends on to /yard.
func login(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("password") != "open sesame" {
		http.Error(w, "wrong password", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: member, Value: r.FormValue("name"), Path: "/", HttpOnly: true})
	http.Redirect(w, r, "/yard", http.StatusSeeOther)
}

// yard is for those who have logged in.
func yard(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(member)
	if err != nil {
		http.Error(w, "log in first", http.StatusUnauthorized)
		return
	}
	fmt.Fprintf(w, "welcome, %s\n", cookie.Value)
}
