"""All settings of the site. docs/deployment.md lists what is read from the environment."""

import importlib.util
from pathlib import Path

from csp.constants import NONE, SELF
from django.contrib.messages import constants as messages
from django.utils.translation import gettext_lazy as _

from kamtibmas_site import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

# What kind of installation this is
DEBUG = environment.flag("DEBUG", default=False)
KAMTIBMAS_DEMO = environment.flag("KAMTIBMAS_DEMO", default=False)
# Whether load_demo, load_scale, bench and fuzz_requests exist. A server in production loads
# nothing of tools/.
TOOLS = environment.flag("KAMTIBMAS_TOOLS", default=KAMTIBMAS_DEMO or DEBUG)
PLAIN_HTTP = environment.flag("KAMTIBMAS_PLAIN_HTTP", default=DEBUG)
PROXIES = environment.whole_number("KAMTIBMAS_PROXIES", default=0)

SECRET_KEY = environment.secret_key(VAR / "secret_key")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
# Contacts of reporters are encrypted with it (and with SECRET_KEY), the first for what is new.
SALT_KEY = environment.contact_keys(VAR / "contact_key")
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", required=not DEBUG)
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "kamtibmas_site",
    "programs",
    "patrols",
    "reports",
    "partners",
    "accounts",
    "territory",
    "toolkit.database",
    "toolkit.jobs",
    "toolkit.limits",
    "toolkit.photos",
    "seeds",
    "kamtibmas_site.admin_site.KamtibmasAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "pgtrigger",
    "pghistory",
    "phonenumber_field",
]
if TOOLS:
    INSTALLED_APPS += ["tools.demo", "tools.bench", "tools.fuzz"]
# A package of development, which production does not install.
if importlib.util.find_spec("django_linear_migrations"):
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kamtibmas_site.middleware.no_store",
    "kamtibmas_site.middleware.limit_body",
    "toolkit.serving.requests.refuse_without_room",
    "csp.middleware.CSPMiddleware",
    "toolkit.serving.requests.read_form",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.PersonOfHistory",
]

ROOT_URLCONF = "kamtibmas_site.urls"
WSGI_APPLICATION = "kamtibmas_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {
                "behaviours": "toolkit.ui.behaviours",
                "lucide": "toolkit.ui.icons",
                "optional": "toolkit.ui.optional",
            },
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kamtibmas_site.context_processors.site",
                "kamtibmas_site.navigation.chrome",
                "toolkit.outbox.copies.copy_context",
                *(["tools.demo.context_processors.demo_accounts"] if TOOLS else []),
            ],
        },
    },
]

FORM_RENDERER = "toolkit.ui.rendering.FormRenderer"

# Database. Connections persist: a new one a request costs more than most pages.
DATABASES = {
    "default": {
        **environment.database(),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": environment.whole_number("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
# The role that owns the tables: for `prepare_database` only. A process that serves needs none.
DATABASE_OWNER = environment.database_owner()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# In the database, for all workers together. What is only kept to save time is kept by each process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # A full cache drops entries. An attacker would have to try this many names for that.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Updates and deletes are recorded (toolkit.schema.history), inserts are not: recording them made
# bulk loads ten times slower.
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.HandleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 2 * 24 * 3600  # of the link that an administrator hands over
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "change_password": "accounts.forms.ChangePasswordForm",
}
ACCOUNT_SESSION_REMEMBER = True
# Not "login", which would store addresses: accounts.adapter has the limits of sign-in.
ACCOUNT_RATE_LIMITS = {"login": None, "change_password": "5/m/user"}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
PHONENUMBER_DEFAULT_REGION = "ID"

MESSAGE_TAGS = {
    messages.SUCCESS: "good",
    messages.WARNING: "warn",
    messages.ERROR: "danger",
}

# Language and time. No LocaleMiddleware: the site is Indonesian in browsers set to English too.
LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# Files. Uploads have no URL of their own: views serve them and check the rights of the row.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR / "media"
PHOTO_LOCK = MEDIA_ROOT / "photo.lock"  # held by the one process that decodes a picture
HASHED_STATIC = environment.flag("KAMTIBMAS_HASHED_STATIC", default=not DEBUG)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "toolkit.static_files.HashedModulesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "toolkit.photos.uploads.UploadHandler",
]
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes of a form without its files
DATA_UPLOAD_MAX_NUMBER_FILES = 30  # forms allow fewer; more than this is refused unread
MAX_BODY_BYTES = 80_000_000  # five photos straight from a camera, and the form

# Transport
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = (
    0 if PLAIN_HTTP else environment.whole_number("SECURE_HSTS_SECONDS", default=31_536_000)
)
# Off by default: other services of the domain may still use plain HTTP.
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP and environment.flag(
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False
)
# W005 and W021 want HSTS for the whole domain, which only its owner can decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "kamtibmas_site.views.csrf_failure"
CSRF_COOKIE_AGE = (
    None  # until the browser closes: on a shared phone it would show a visit for a year
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
X_FRAME_OPTIONS = "DENY"
# Where the quick exit of the pages for citizens leads: the weather, which raises no suspicion.
QUICK_EXIT_TO = "https://www.bmkg.go.id/"
# Where the picker of coordinates has its pictures from; without, it draws outlines only.
MAP_TILES_URL = environment.tiles("MAP_TILES_URL")
MAP_TILES_ATTRIBUTION = environment.text("MAP_TILES_ATTRIBUTION")
MAP_TILES_FROM = ["/".join(MAP_TILES_URL.split("/")[:3])] if MAP_TILES_URL else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *MAP_TILES_FROM],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, QUICK_EXIT_TO],  # browsers follow it through the redirect
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# To the terminal of whoever runs the service, without names, numbers or addresses of people.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "tokens": {"()": "toolkit.logs.HideTokens"},
        "short_outage": {"()": "toolkit.outage.ShortOutage"},
    },
    "handlers": {
        "terminal": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["short_outage", "tokens"],
        }
    },
    "root": {"handlers": ["terminal"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
