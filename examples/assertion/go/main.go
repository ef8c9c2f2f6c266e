// An application that believes nobody but the assertion:
//
//	ISSUER=https://id.example.com AUDIENCE=app.example.com go run .
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

var (
	issuer   = os.Getenv("ISSUER")   // public_url
	audience = os.Getenv("AUDIENCE") // this application's own host
	address  = cmp.Or(os.Getenv("ADDRESS"), "127.0.0.1:3000")
)

// What this application wants to know; docs/assertion.md lists all claims.
type claims struct {
	SessionExp int64 `json:"session_exp"`
	jwt.RegisteredClaims
}

// who returns what a true assertion says, and an error for any other.
func who(assertion string, keys keyfunc.Keyfunc) (*claims, error) {
	token, err := jwt.ParseWithClaims(assertion, &claims{}, keys.Keyfunc,
		jwt.WithValidMethods([]string{"ES256"}), // never what the token says by itself
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(5*time.Second), // that two clocks may differ
	)
	if err != nil {
		return nil, err
	}
	if token.Header["typ"] != "vestibule-assertion+jwt" {
		return nil, errors.New("another kind of token")
	}
	said := token.Claims.(*claims)
	if said.Subject == "" || said.SessionExp == 0 {
		return nil, errors.New("it says too little")
	}
	return said, nil
}

func main() {
	if issuer == "" || audience == "" {
		log.Fatal("set ISSUER and AUDIENCE: without them every issuer and audience would do")
	}
	// Fetched now, every quarter of an hour, and again for a key that is not known.
	keys, err := keyfunc.NewDefaultOverrideCtx(context.Background(), []string{issuer + "/oauth2/jwks"},
		keyfunc.Override{RefreshInterval: 15 * time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		// One header. With two of them there are two readings.
		given := r.Header.Values("X-Authgear-Assertion")
		if len(given) == 1 {
			said, err := who(given[0], keys)
			if err == nil {
				json.NewEncoder(w).Encode(map[string]any{"user": said.Subject, "session_exp": said.SessionExp})
				return
			}
			log.Print("refused: ", err)
		}
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]any{"error": "sign in"})
	})))
}
