// The part of Ed-Fi's model that a credential touches, as two versions of the standard have it, and what
// an API makes of a body that does not fit.

// A member: its most characters, "date", a descriptor's name, or the resource that it refers to.
const text = (most, more = {}) => ({ most, ...more });
const date = (more = {}) => ({ date: true, ...more });
const descriptor = (name, more = {}) => ({ descriptor: `${name}Descriptor`, ...more });
const reference = (resource, members, more = {}) => ({ resource, members, ...more });
const R = { required: true };
const I = { required: true, key: true };

const person = reference('people', { personId: text(32, I), sourceSystemDescriptor: descriptor('SourceSystem', I) });

const credential = (most) => ({
	credentialIdentifier: text(most, I),
	stateOfIssueStateAbbreviationDescriptor: descriptor('StateAbbreviation', I),
	namespace: text(255, R),
	credentialTypeDescriptor: descriptor('CredentialType', R),
	issuanceDate: date(R),
	effectiveDate: date(),
	expirationDate: date(),
	credentialFieldDescriptor: descriptor('CredentialField'),
	teachingCredentialDescriptor: descriptor('TeachingCredential'),
	teachingCredentialBasisDescriptor: descriptor('TeachingCredentialBasis'),
});
const later = {
	certificationTitle: text(64),
	certificationRouteDescriptor: descriptor('CertificationRoute'),
	credentialStatusDescriptor: descriptor('CredentialStatus'),
	credentialStatusDate: date(),
	educatorRoleDescriptor: descriptor('EducatorRole'),
	personReference: person,
};

const six = {
	people: person.members,
	certifications: {
		certificationIdentifier: text(120, I),
		namespace: text(255, I),
		certificationTitle: text(64, R),
		effectiveDate: date(),
		endDate: date(),
	},
	credentials: {
		...credential(120),
		...later,
		certificationReference: reference('certifications', {
			certificationIdentifier: text(120, I), namespace: text(255, I),
		}),
	},
	credentialEvents: {
		credentialReference: reference('credentials', {
			credentialIdentifier: text(120, I),
			stateOfIssueStateAbbreviationDescriptor: descriptor('StateAbbreviation', I),
		}, I),
		credentialEventDate: date(I),
		credentialEventTypeDescriptor: descriptor('CredentialEventType', I),
		credentialEventReason: text(1024),
	},
};

const five = {
	people: person.members,
	credentials: { ...credential(60), _ext: { members: { tpdm: { members: later } } } },
};

const STATUSES = ['Active', 'Deprecated', 'Expired', 'Renewed', 'Retired', 'Revoked', 'Suspended', 'Voluntary Surrender'];
const known = (statusNamespace) => [
	...['TN', 'TX'].map((c) => `uri://ed-fi.org/StateAbbreviationDescriptor#${c}`),
	...['Certification', 'Endorsement', 'High School Diploma', 'Licensure', 'Other', 'Registration']
		.map((c) => `uri://ed-fi.org/CredentialTypeDescriptor#${c}`),
	...STATUSES.map((c) => `${statusNamespace}/CredentialStatusDescriptor#${c}`),
	'uri://ed-fi.org/SourceSystemDescriptor#State',
];

const standards = {
	'6.1': { resources: six, descriptors: known('uri://ed-fi.org'), models: [['Ed-Fi', '6.1.0']] },
	'5.2': { resources: five, descriptors: known('uri://tpdm.ed-fi.org'), models: [['Ed-Fi', '5.2.0'], ['TPDM', '1.1.0']] },
};

const DESCRIPTOR_MEMBERS = {
	codeValue: text(50, I), namespace: text(255, I), shortDescription: text(75, R), description: text(1024),
};

export const modelOf = (standard) => standards[standard];

/** The members of what is at a resource; null: there is none such. */
export function membersOf(model, resource) {
	if (/^[a-z][A-Za-z]+Descriptors$/.test(resource)) return DESCRIPTOR_MEMBERS;
	return Object.hasOwn(model.resources, resource) ? model.resources[resource] : null;
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const upper = (name) => name[0].toUpperCase() + name.slice(1);

function wrongText(name, value, member) {
	if (typeof value !== 'string' || value === '') return `${upper(name)} is required.`;
	if (value.length > member.most) return `${upper(name)} must be at most ${member.most} characters in length.`;
	if (member.key && value !== value.trim()) return `${upper(name)} cannot contain leading or trailing spaces.`;
	if (/<[a-z!/?]|&#/i.test(value)) return `${upper(name)} contains a value that could be dangerous for downstream systems using this data.`;
	return null;
}

function wrongValue(name, value, member) {
	if (member.most) return wrongText(name, value, member);
	if (member.date) {
		return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
			? null : `Could not convert string to DateTime: ${value}. Path '${name}'.`;
	}
	if (member.descriptor) {
		return typeof value === 'string' && value.includes(`/${member.descriptor}#`)
			? null : `${upper(name)} is not a descriptor.`;
	}
	return isObject(value) ? null : `${upper(name)} must be an object.`;
}

/** { path: [messages] } of all that is wrong with the shape of a body. */
export function shapeOf(members, body, path = '$', wrong = {}) {
	for (const name of Object.keys(body)) {
		if (!Object.hasOwn(members, name)) wrong[`${path}.${name}`] = [`'${name}' is not a member of this resource.`];
	}
	for (const [name, member] of Object.entries(members)) {
		const here = `${path}.${name}`, value = body[name];
		if (value === undefined || value === null) {
			if (member.required) wrong[here] = [`${upper(name)} is required.`];
			continue;
		}
		const because = wrongValue(name, value, member);
		if (because !== null) wrong[here] = [because];
		else if (member.members) shapeOf(member.members, value, here, wrong);
	}
	return wrong;
}

/** Every descriptor in a body: [path, name, URI]. */
export function descriptorsIn(members, body, path = '$') {
	return Object.entries(members).flatMap(([name, member]) => {
		if (body[name] === undefined) return [];
		if (member.descriptor) return [[`${path}.${name}`, member.descriptor, body[name]]];
		return member.members ? descriptorsIn(member.members, body[name], `${path}.${name}`) : [];
	});
}

/** Every reference in a body: [resource, its key]. */
export function referencesIn(members, body) {
	return Object.entries(members).flatMap(([name, member]) => {
		if (body[name] === undefined || !member.members) return [];
		const inner = referencesIn(member.members, body[name]);
		return member.resource ? [[member.resource, keyOf(member.members, body[name])], ...inner] : inner;
	});
}

/** The natural key, descriptors without regard to case. */
export function keyOf(members, body) {
	return JSON.stringify(Object.entries(members).filter(([, m]) => m.key).sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, m]) => (m.members ? keyOf(m.members, body[name]) : m.descriptor ? body[name].toLowerCase() : body[name])));
}
