package localtenant

import "time"

// StaffConnection is the connection of the sample staff.
const StaffConnection = "staff"

// staffMember is a sample user with a role.
type staffMember struct {
	user User
	role role
}

// staff are the sample staff: one for each sample role of the console.
var staff = []staffMember{
	{
		User{UserID: "auth0|65e19a100000000000000021", Email: "hedy@example.com", GivenName: "Hedy", FamilyName: "Lamarr", Name: "Hedy Lamarr"},
		role{ID: "rol_Local00000000003", Name: "usher-support", Description: "Helps users in the console"},
	},
	{
		User{UserID: "auth0|65e19a100000000000000022", Email: "margaret@example.com", GivenName: "Margaret", FamilyName: "Hamilton", Name: "Margaret Hamilton"},
		role{ID: "rol_Local00000000004", Name: "usher-admin", Description: "May do everything in the console"},
	},
}

// StaffEmails returns the address of the sample staff user with each role.
func StaffEmails() map[string]string {
	emails := map[string]string{}
	for _, s := range staff {
		emails[s.role.Name] = s.user.Email
	}
	return emails
}

// addStaff adds the sample staff, in a connection of their own.
func (t *Tenant) addStaff() error {
	t.conns = append(t.conns, &connection{ID: "con_Local0000000021x", Name: StaffConnection, Strategy: "auth0", policy: defaultPolicy()})
	born := time.Date(2024, 3, 20, 9, 0, 0, 0, time.UTC) // after the other sample users
	for i, s := range staff {
		u := s.user
		u.Connection, u.EmailVerified, u.Password = StaffConnection, true, SamplePassword
		u.CreatedAt = born.Add(time.Duration(i) * time.Hour)
		id, err := t.addUser(u)
		if err != nil {
			return err
		}
		t.addRole(s.role.ID, s.role.Name, s.role.Description).add(id)
	}
	return nil
}
