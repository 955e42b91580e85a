/* The texts that come with the program, in English and Spanish. */
#include "services/notification/mail/builtin.h"

#include "proto/notification.pb-c.h"

#include <string.h>

#define EN_END                                                                                     \
	"\n\nReference: {{reference}}\n\nThis message was sent by Cairn. Replies to it are not "   \
	"read.\n"
#define ES_END                                                                                     \
	"\n\nReferencia: {{reference}}\n\nEste mensaje fue enviado por Cairn. Las respuestas no "  \
	"se leen.\n"

/* However a question about a submission ends, the letter says the same. */
#define EN_SETTLED                                                                                 \
	"{{code}}: the question is settled",                                                       \
		"Hello {{name}},\n\nthe question about your submission for {{code}}, {{title}}, "  \
		"is "                                                                              \
		"settled. What was found, why, and what you can do are at {{portal}}." EN_END
#define ES_SETTLED                                                                                 \
	"{{code}}: la pregunta está resuelta",                                                     \
		"Hola, {{name}}:\n\nLa pregunta sobre su entrega para {{code}}, {{title}}, está " \
		"resuelta. Qué se encontró, por qué y qué puede hacer está en {{portal}}." ES_END

static const struct builtin_text texts[] = {
	{NOTIFICATION__TOPIC__ENROLLED, "en", "You are enrolled in {{code}}",
	 "Hello {{name}},\n\nyou are enrolled in {{code}}, {{title}}. Everything it offers is open "
	 "to you "
	 "now, and you work at your own pace: it stays open until {{date}}, and later if you are "
	 "active.\n\nGo on at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__ENROLLED, "es", "Su inscripción en {{code}}",
	 "Hola, {{name}}:\n\nSe ha inscrito en {{code}}, {{title}}. Ya tiene acceso a todo su "
	 "contenido y "
	 "puede avanzar a su propio ritmo: queda abierta hasta el {{date}}, y más tiempo si hay "
	 "actividad.\n\nContinúe en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__LAPSE_COMING, "en", "{{code}}: {{days}} days left",
	 "Hello {{name}},\n\nyour enrollment in {{code}}, {{title}}, has been quiet for a long "
	 "time and "
	 "will lapse on {{date}}, in {{days}} days. Nothing of your work is lost. To keep the "
	 "enrollment, "
	 "do anything in it before that day.\n\nGo on at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__LAPSE_COMING, "es", "{{code}}: quedan {{days}} días",
	 "Hola, {{name}}:\n\nSu inscripción en {{code}}, {{title}}, lleva mucho tiempo sin "
	 "actividad y "
	 "caducará el {{date}}, dentro de {{days}} días. No se pierde nada de su trabajo. Para "
	 "conservarla, haga cualquier avance antes de esa fecha.\n\nContinúe en "
	 "{{portal}}." ES_END},

	{NOTIFICATION__TOPIC__SUBMISSION_RECEIPT, "en", "{{code}}: your submission has arrived",
	 "Hello {{name}},\n\nyour submission for {{code}}, {{title}}, has arrived and is sealed: "
	 "nothing "
	 "in it can change now. You can expect to hear from us by {{date}}.\n\nYour receipt is at "
	 "{{portal}}." EN_END},
	{NOTIFICATION__TOPIC__SUBMISSION_RECEIPT, "es", "{{code}}: hemos recibido su entrega",
	 "Hola, {{name}}:\n\nHemos recibido su entrega para {{code}}, {{title}}. Está sellada: ya "
	 "nada en "
	 "ella puede cambiar. Tendrá noticias nuestras a más tardar el {{date}}.\n\nSu comprobante "
	 "está "
	 "en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__RETURNED_INCOMPLETE, "en", "{{code}}: your submission was returned",
	 "Hello {{name}},\n\nyour submission for {{code}}, {{title}}, was returned before it was "
	 "read, "
	 "because something is missing. This does not count as an attempt.\n\nSee what to add at "
	 "{{portal}}." EN_END},
	{NOTIFICATION__TOPIC__RETURNED_INCOMPLETE, "es", "{{code}}: le devolvimos su entrega",
	 "Hola, {{name}}:\n\nLe devolvimos su entrega para {{code}}, {{title}}, antes de leerla, "
	 "porque "
	 "falta algo. Esto no cuenta como intento.\n\nVea qué debe agregar en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__DECISION_READY, "en", "{{code}}: a decision is ready",
	 "Hello {{name}},\n\na decision on your submission for {{code}}, {{title}}, is "
	 "ready.\n\nRead it at "
	 "{{portal}}." EN_END},
	{NOTIFICATION__TOPIC__DECISION_READY, "es", "{{code}}: hay una decisión",
	 "Hola, {{name}}:\n\nYa hay una decisión sobre su entrega para {{code}}, "
	 "{{title}}.\n\nLéala en "
	 "{{portal}}." ES_END},

	{NOTIFICATION__TOPIC__COACH_NEEDED, "en", "{{code}}: meet a coach",
	 "Hello {{name}},\n\nthe next step in {{code}}, {{title}}, is a meeting with a "
	 "coach.\n\nSee how to "
	 "arrange it at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__COACH_NEEDED, "es", "{{code}}: reunión de orientación",
	 "Hola, {{name}}:\n\nEl próximo paso en {{code}}, {{title}}, es una reunión de "
	 "orientación.\n\nVea "
	 "cómo acordarla en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, "en", "{{code}}: your credential is issued",
	 "Hello {{name}},\n\nyour credential for {{code}}, {{title}}, was issued on "
	 "{{date}}.\n\nDownload or "
	 "share it at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__CREDENTIAL_ISSUED, "es", "{{code}}: su credencial está emitida",
	 "Hola, {{name}}:\n\nSu credencial de {{code}}, {{title}}, fue emitida el "
	 "{{date}}.\n\nDescárguela o "
	 "compártala en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__EXPIRY_COMING, "en", "{{code}}: your credential expires on {{date}}",
	 "Hello {{name}},\n\nyour credential for {{code}}, {{title}}, expires on {{date}}, in "
	 "{{days}} days. New evidence renews it: enroll again before that day, and the new "
	 "credential links to this one.\n\nGo on at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__EXPIRY_COMING, "es", "{{code}}: su credencial vence el {{date}}",
	 "Hola, {{name}}:\n\nSu credencial de {{code}}, {{title}}, vence el {{date}}, dentro de "
	 "{{days}} días. Se renueva con evidencia nueva: inscríbase otra vez antes de esa fecha, y "
	 "la credencial nueva quedará vinculada a esta.\n\nContinúe en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, "en", "{{code}}: your credential was withdrawn",
	 "Hello {{name}},\n\nthe issuer has withdrawn your credential for {{code}}, {{title}}. It "
	 "no "
	 "longer counts.\n\nRead why, and how to appeal, at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, "es", "{{code}}: su credencial fue retirada",
	 "Hola, {{name}}:\n\nEl emisor retiró su credencial de {{code}}, {{title}}. Ya no tiene "
	 "validez.\n\nLea el motivo, y cómo apelar, en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED, "en", "{{code}}: your credential is suspended",
	 "Hello {{name}},\n\nyour credential for {{code}}, {{title}}, does not count for the time "
	 "being.\n\nRead why at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__CREDENTIAL_SUSPENDED, "es", "{{code}}: su credencial está suspendida",
	 "Hola, {{name}}:\n\nSu credencial de {{code}}, {{title}}, no tiene validez por "
	 "ahora.\n\nLea el motivo en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__APPEAL_RECEIVED, "en", "{{code}}: your appeal has arrived",
	 "Hello {{name}},\n\nyour appeal about {{code}}, {{title}}, has arrived. Somebody who has "
	 "seen nothing of your work before will read it. You will hear from us by "
	 "{{date}}.\n\nSee {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__APPEAL_RECEIVED, "es", "{{code}}: recibimos su apelación",
	 "Hola, {{name}}:\n\nRecibimos su apelación sobre {{code}}, {{title}}. La leerá alguien "
	 "que "
	 "no ha visto antes nada de su trabajo. Tendrá noticias nuestras a más tardar el "
	 "{{date}}.\n\nVea {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__APPEAL_UPHELD, "en", "{{code}}: your appeal was decided",
	 "Hello {{name}},\n\nyour appeal about {{code}}, {{title}}, was decided. What was found, "
	 "and "
	 "why, is at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__APPEAL_UPHELD, "es", "{{code}}: se resolvió su apelación",
	 "Hola, {{name}}:\n\nSe resolvió su apelación sobre {{code}}, {{title}}. El resultado y "
	 "sus "
	 "motivos están en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__INTEGRITY_HOLD, "en", "{{code}}: your submission is on hold",
	 "Hello {{name}},\n\nyour submission for {{code}}, {{title}}, is on hold while a question "
	 "about it is looked into. Nothing has been decided, and the time does not count against "
	 "you. We will write again when it is settled.\n\nSee {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__INTEGRITY_HOLD, "es", "{{code}}: su entrega está en pausa",
	 "Hola, {{name}}:\n\nSu entrega para {{code}}, {{title}}, está en pausa mientras se aclara "
	 "una pregunta. No se ha decidido nada y ese tiempo no cuenta en su contra. Le "
	 "escribiremos cuando se resuelva.\n\nVea {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__INTEGRITY_CLEARED, "en", EN_SETTLED},
	{NOTIFICATION__TOPIC__INTEGRITY_CLEARED, "es", ES_SETTLED},
	{NOTIFICATION__TOPIC__SUBMISSION_VOIDED, "en", EN_SETTLED},
	{NOTIFICATION__TOPIC__SUBMISSION_VOIDED, "es", ES_SETTLED},

	{NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED, "en", "{{code}}: your credential counts again",
	 "Hello {{name}},\n\nyour credential for {{code}}, {{title}}, counts again. Copies made "
	 "before stay invalid.\n\nDownload the new one at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__CREDENTIAL_REINSTATED, "es", "{{code}}: su credencial vale de nuevo",
	 "Hola, {{name}}:\n\nSu credencial de {{code}}, {{title}}, vale de nuevo. Las copias "
	 "anteriores no valen.\n\nDescargue la nueva en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__FINISH_BY, "en", "{{code}} is retired: finish it by {{date}}",
	 "Hello {{name}},\n\n{{code}}, {{title}}, is offered no more. You are enrolled and can "
	 "finish it: {{date}} is the last day to submit. What you have earned stays "
	 "valid.\n\nGo on, and see what takes its place, at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__FINISH_BY, "es", "{{code}} se retira: el {{date}} es el último día",
	 "Hola, {{name}}:\n\n{{code}}, {{title}}, ya no se ofrece. Usted está inscrito y puede "
	 "terminarla: el {{date}} es el último día para entregar. Lo que ya obtuvo sigue siendo "
	 "válido.\n\nContinúe, y vea qué ocupa su lugar, en {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__DIGEST, "en", "Your notices from Cairn",
	 "Hello {{name}},\n\nthere is news for you:\n\n{{notices}}\n\nGo on at {{portal}}. When "
	 "letters come, and which, is your choice there.\n\nThis message was sent by Cairn. "
	 "Replies to it are not read.\n"},
	{NOTIFICATION__TOPIC__DIGEST, "es", "Sus avisos de Cairn",
	 "Hola, {{name}}:\n\nHay novedades para usted:\n\n{{notices}}\n\nContinúe en {{portal}}. "
	 "Allí elige cuándo llegan los mensajes, y cuáles.\n\nEste mensaje fue enviado por Cairn. "
	 "Las respuestas no se leen.\n"},

	{NOTIFICATION__TOPIC__LICENSE_DEADLINE, "en", "Your license ends in {{days}} days",
	 "Hello {{name}},\n\nthe term of a license of yours ends on {{date}}, in {{days}} days. "
	 "What counts towards its renewal, and what is still missing, is in your ledger.\n\nSee "
	 "{{portal}}." EN_END},
	{NOTIFICATION__TOPIC__LICENSE_DEADLINE, "es", "Su licencia vence en {{days}} días",
	 "Hola, {{name}}:\n\nEl plazo de una licencia suya termina el {{date}}, dentro de "
	 "{{days}} días. En su libro de créditos ve qué cuenta para renovarla y qué falta "
	 "todavía.\n\nVea {{portal}}." ES_END},

	{NOTIFICATION__TOPIC__CREDIT_DISPUTED, "en", "A credit needs your attention",
	 "Hello {{name}},\n\nthere is something to look at about a credit in your ledger. Nothing "
	 "of your work is lost. What it is, and what comes next, is in your ledger.\n\nSee "
	 "{{portal}}." EN_END},
	{NOTIFICATION__TOPIC__CREDIT_DISPUTED, "es", "Un crédito necesita su atención",
	 "Hola, {{name}}:\n\nHay algo que ver sobre un crédito de su libro. No se pierde nada de "
	 "su trabajo. De qué se trata, y qué sigue, está en su libro de créditos.\n\nVea "
	 "{{portal}}." ES_END},

	{NOTIFICATION__TOPIC__ENROLLMENT_LAPSED, "en", "{{code}}: your enrollment has lapsed",
	 "Hello {{name}},\n\nyour enrollment in {{code}}, {{title}}, has lapsed after a long time "
	 "without "
	 "activity. Your work is kept.\n\nYou can take it up again at {{portal}}." EN_END},
	{NOTIFICATION__TOPIC__ENROLLMENT_LAPSED, "es", "{{code}}: su inscripción caducó",
	 "Hola, {{name}}:\n\nSu inscripción en {{code}}, {{title}}, caducó tras mucho tiempo sin "
	 "actividad. "
	 "Su trabajo se conserva.\n\nPuede retomarla en {{portal}}." ES_END},
};

static const struct months {
	const char *language, *names[12];
} months[] = {
	{"en",
	 {"January", "February", "March", "April", "May", "June", "July", "August", "September",
	  "October", "November", "December"}},
	{"es",
	 {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
	  "octubre", "noviembre", "diciembre"}},
};

const struct builtin_text *builtin_find(uint16_t topic, const char *language)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (texts[i].topic == topic && strcmp(texts[i].language, language) == 0)
			return &texts[i];
	return NULL;
}

bool builtin_language(const char *language)
{
	return builtin_month(language, 1) != NULL;
}

const char *builtin_month(const char *language, int month)
{
	for (size_t i = 0; i < ARRAY_LEN(months); i++)
		if (strcmp(months[i].language, language) == 0 && month >= 1 && month <= 12)
			return months[i].names[month - 1];
	return NULL;
}
